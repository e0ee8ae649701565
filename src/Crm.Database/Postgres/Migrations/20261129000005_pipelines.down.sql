DROP TABLE stage_snapshots;
DROP FUNCTION end_stage_snapshots();
DROP INDEX pipelines_by_name;
ALTER TABLE stages DROP COLUMN retired_at, DROP COLUMN successor;
ALTER TABLE pipelines DROP COLUMN name_key, DROP COLUMN updated_at, DROP COLUMN retired_at;
