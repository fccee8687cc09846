-- Up Migration
-- "order" is a word of SQL; the table is called purchase, the shop calls it an order.
CREATE TABLE purchase (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY (START WITH 100001) UNIQUE,
  cart_id text NOT NULL,
  -- Kept, without the account, when the account is deleted: bookkeeping needs the order.
  account_id uuid REFERENCES account (id) ON DELETE SET NULL,
  email text NOT NULL,
  status text NOT NULL CHECK (
    status IN ('pending', 'paid', 'shipped', 'delivered', 'declined', 'expired', 'cancelled')
  ),
  address jsonb NOT NULL,
  shipping text NOT NULL,
  currency text NOT NULL,
  subtotal_cents integer NOT NULL CHECK (subtotal_cents >= 0),
  shipping_cents integer NOT NULL CHECK (shipping_cents >= 0),
  total_cents integer NOT NULL CHECK (total_cents = subtotal_cents + shipping_cents),
  card_last_four text NOT NULL,
  payment_reference text,
  placed_at timestamptz NOT NULL DEFAULT now(),
  -- A pending order holds its stock until then; the sweeper gives it back afterwards.
  held_until timestamptz NOT NULL
);
-- One live order per cart, whatever the shopper clicks; a declined one does not count, so that another card
-- can be tried.
CREATE UNIQUE INDEX purchase_cart_unique ON purchase (cart_id)
  WHERE status NOT IN ('declined', 'expired', 'cancelled');
CREATE INDEX purchase_account ON purchase (account_id, placed_at DESC);
CREATE INDEX purchase_pending ON purchase (held_until) WHERE status = 'pending';

CREATE TABLE purchase_line (
  purchase_id uuid NOT NULL REFERENCES purchase (id),
  sku text NOT NULL,
  slug text NOT NULL,
  name jsonb NOT NULL,
  colour text NOT NULL,
  size text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  price_cents integer NOT NULL,
  PRIMARY KEY (purchase_id, sku)
);
CREATE INDEX purchase_line_slug ON purchase_line (slug);

-- One row per attempt to check out, claimed in the transaction that makes its order.
CREATE TABLE checkout_claim (
  scope text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  purchase_id uuid NOT NULL REFERENCES purchase (id) DEFERRABLE INITIALLY DEFERRED,
  claimed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, key)
);

-- Mail that must be sent because something was committed; written in the same transaction.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  next_try_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  sent_at timestamptz
);
CREATE INDEX outbox_due ON outbox (next_try_at) WHERE sent_at IS NULL;

-- Down Migration
DROP TABLE outbox, checkout_claim, purchase_line, purchase;
