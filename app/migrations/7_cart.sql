-- Up Migration
-- The second copy of every cart. Redis has the first; see docs/decisions/0004-a-second-copy-of-every-cart.md.
CREATE TABLE cart (
  holder text PRIMARY KEY,
  -- As app/cart/record.ts describes it.
  record jsonb NOT NULL,
  clock bigint NOT NULL,
  -- Whoever brings a record that knows this operation brings everything that is here.
  newest_op text NOT NULL,
  -- Holds changes that Redis does not have yet.
  ahead boolean NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX cart_changed ON cart (changed_at);
CREATE INDEX cart_ahead ON cart (changed_at) WHERE ahead;

-- Down Migration
DROP TABLE cart;
