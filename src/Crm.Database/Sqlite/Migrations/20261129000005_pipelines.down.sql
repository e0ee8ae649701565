DROP TABLE stage_snapshots;
DROP INDEX pipelines_by_name;
ALTER TABLE stages DROP COLUMN retired_at;
ALTER TABLE stages DROP COLUMN successor;
ALTER TABLE pipelines DROP COLUMN name_key;
ALTER TABLE pipelines DROP COLUMN updated_at;
ALTER TABLE pipelines DROP COLUMN retired_at;
