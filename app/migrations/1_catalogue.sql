-- Up Migration
CREATE TABLE category (
  slug text PRIMARY KEY,
  position integer NOT NULL,
  name jsonb NOT NULL,
  description jsonb NOT NULL
);

CREATE TABLE product (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  category text NOT NULL REFERENCES category (slug),
  name jsonb NOT NULL,
  description jsonb NOT NULL,
  picture text NOT NULL,
  -- The newest article has the highest.
  position integer NOT NULL,
  -- Both languages in one index: a shopper reading German still finds "hoodie".
  search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', name ->> 'en'), 'A')
    || setweight(to_tsvector('german', name ->> 'de'), 'A')
    || to_tsvector('english', description ->> 'en')
    || to_tsvector('german', description ->> 'de')
  ) STORED
);
CREATE INDEX product_category ON product (category, position DESC);
CREATE INDEX product_search ON product USING gin (search);

CREATE TABLE variant (
  sku text PRIMARY KEY,
  product_id integer NOT NULL REFERENCES product (id),
  colour text NOT NULL,
  size text NOT NULL,
  -- Sizes are listed in this order: "s" comes before "m".
  size_position integer NOT NULL,
  price_cents integer NOT NULL CONSTRAINT variant_price_positive CHECK (price_cents > 0),
  -- The last line of defence against overselling, below the row locks of checkout.
  stock integer NOT NULL CONSTRAINT variant_stock_not_negative CHECK (stock >= 0),
  UNIQUE (product_id, colour, size)
);
CREATE INDEX variant_colour_size ON variant (colour, size);

-- Down Migration
DROP TABLE variant, product, category;
