-- Up Migration
-- Each row counts its changes; an article's version is the sum over its rows. A cache keeps the higher one of two
-- copies, whichever arrives last, so a slow reader cannot put an old price over a new one.
ALTER TABLE product ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE variant ADD COLUMN version bigint NOT NULL DEFAULT 1;

CREATE FUNCTION count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER product_version BEFORE UPDATE ON product FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER variant_version BEFORE UPDATE ON variant FOR EACH ROW EXECUTE FUNCTION count_version();

-- Down Migration
DROP TRIGGER variant_version ON variant;
DROP TRIGGER product_version ON product;
DROP FUNCTION count_version();
ALTER TABLE variant DROP COLUMN version;
ALTER TABLE product DROP COLUMN version;
