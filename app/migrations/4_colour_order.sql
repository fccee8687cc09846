-- Up Migration
-- Colours are shown in the order in which the article lists them, not by their names.
ALTER TABLE variant ADD COLUMN colour_position integer NOT NULL DEFAULT 0;

-- Down Migration
ALTER TABLE variant DROP COLUMN colour_position;
