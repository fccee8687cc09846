-- Up Migration
-- Pieces taken off the shelf (variant.stock is already less by them) for a cart whose shopper is at the checkout.
-- At any time: stock = what was there at first − lines of live orders − holds.
CREATE TABLE stock_hold (
  cart_id text NOT NULL,
  sku text NOT NULL REFERENCES variant (sku),
  quantity integer NOT NULL CONSTRAINT stock_hold_positive CHECK (quantity > 0),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (cart_id, sku)
);
CREATE INDEX stock_hold_sku ON stock_hold (sku, expires_at);
CREATE INDEX stock_hold_expiry ON stock_hold (expires_at);

-- Down Migration
UPDATE variant SET stock = stock + held.pieces
  FROM (SELECT sku, sum(quantity) AS pieces FROM stock_hold GROUP BY sku) held WHERE held.sku = variant.sku;
DROP TABLE stock_hold;
