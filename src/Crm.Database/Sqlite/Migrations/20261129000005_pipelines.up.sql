-- Pipelines that a tenant makes, and what becomes of those that it gives up.
ALTER TABLE pipelines ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE pipelines ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pipelines ADD COLUMN retired_at INTEGER;
ALTER TABLE stages ADD COLUMN retired_at INTEGER;
ALTER TABLE stages ADD COLUMN successor TEXT;
UPDATE pipelines SET name_key = lower(name), updated_at = created_at;
CREATE UNIQUE INDEX pipelines_by_name ON pipelines (tenant_id, name_key) WHERE retired_at IS NULL;

-- What the stages were from a version of their pipeline on; append-only but for the end, which the next version brings.
CREATE TABLE stage_snapshots (
  tenant_id    TEXT NOT NULL,
  pipeline_id  TEXT NOT NULL,
  version      INTEGER NOT NULL,
  key          TEXT NOT NULL,
  at           INTEGER NOT NULL,
  until        INTEGER NOT NULL,
  position     INTEGER NOT NULL,
  probability  INTEGER NOT NULL,
  kind         TEXT NOT NULL,
  rotting_days INTEGER,
  is_retired   INTEGER NOT NULL,
  successor    TEXT,
  is_default   INTEGER NOT NULL,
  CONSTRAINT stage_snapshots_pk PRIMARY KEY (tenant_id, pipeline_id, version, key),
  CONSTRAINT stage_snapshots_pipeline_id_fk FOREIGN KEY (tenant_id, pipeline_id) REFERENCES pipelines (tenant_id, id)
);
CREATE INDEX stage_snapshots_by_until ON stage_snapshots (tenant_id, until);
INSERT INTO stage_snapshots
SELECT s.tenant_id, s.pipeline_id, p.version, s.key, p.created_at, 253402214400000000, s.position, s.probability, s.kind, s.rotting_days, 0, NULL, p.is_default
FROM stages s JOIN pipelines p ON p.tenant_id = s.tenant_id AND p.id = s.pipeline_id;

CREATE TRIGGER stage_snapshots_end AFTER INSERT ON stage_snapshots
BEGIN
  UPDATE stage_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND pipeline_id = NEW.pipeline_id AND version < NEW.version AND until > NEW.at;
END;
