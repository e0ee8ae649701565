-- What was deleted comes back, as there is nothing to tell it by then; under a name that nobody else has, or the way up would fail.
ALTER TABLE pipelines NO FORCE ROW LEVEL SECURITY;
UPDATE pipelines SET name = name || ' (deleted, ' || id || ')' WHERE retired_at IS NOT NULL;
ALTER TABLE pipelines FORCE ROW LEVEL SECURITY;
DROP TABLE stage_snapshots;
DROP FUNCTION end_stage_snapshots();
DROP INDEX pipelines_by_name;
ALTER TABLE stages DROP COLUMN retired_at, DROP COLUMN successor;
ALTER TABLE pipelines DROP COLUMN name_key, DROP COLUMN updated_at, DROP COLUMN retired_at;
