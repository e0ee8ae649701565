-- What was deleted comes back, as there is nothing to tell it by then; under a name that nobody else has, or the way up would fail.
UPDATE pipelines SET name = name || ' (deleted, ' || lower(id) || ')' WHERE retired_at IS NOT NULL;
DROP TABLE stage_snapshots;
DROP INDEX pipelines_by_name;
ALTER TABLE stages DROP COLUMN retired_at;
ALTER TABLE stages DROP COLUMN successor;
ALTER TABLE pipelines DROP COLUMN name_key;
ALTER TABLE pipelines DROP COLUMN updated_at;
ALTER TABLE pipelines DROP COLUMN retired_at;
