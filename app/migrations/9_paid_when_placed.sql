-- Up Migration
-- An order is placed when its payment is authorised, and holds nothing: its pieces are sold. Pods of the version before
-- still place pending ones, with a time until when they hold their pieces.
ALTER TABLE purchase ALTER COLUMN held_until DROP NOT NULL;

-- Down Migration
UPDATE purchase SET held_until = placed_at WHERE held_until IS NULL;
ALTER TABLE purchase ALTER COLUMN held_until SET NOT NULL;
