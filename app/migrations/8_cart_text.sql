-- Up Migration
-- What Redis acknowledged of a cart is kept as Redis answers it (app/cart/record-text.ts); `record` holds what was
-- joined here. A row's cart is both, joined: pods of the version before write `record` only, and overwrite no text.
ALTER TABLE cart ADD COLUMN hash text;

-- Down Migration
ALTER TABLE cart DROP COLUMN hash;
