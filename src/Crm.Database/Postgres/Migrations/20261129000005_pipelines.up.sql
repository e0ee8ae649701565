-- Pipelines that a tenant makes, and what becomes of those that it gives up.
ALTER TABLE pipelines ADD COLUMN name_key text COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(), ADD COLUMN retired_at timestamptz;
ALTER TABLE stages ADD COLUMN retired_at timestamptz, ADD COLUMN successor text;

-- What the stages were from a version of their pipeline on; append-only but for the end, which the next version brings. Instants of
-- snapshots are microseconds since 1970, to compute with.
CREATE TABLE stage_snapshots (
  tenant_id    uuid NOT NULL,
  pipeline_id  uuid NOT NULL,
  version      integer NOT NULL,
  key          text COLLATE "C" NOT NULL,
  at           bigint NOT NULL,
  until        bigint NOT NULL,
  position     integer NOT NULL,
  probability  integer NOT NULL,
  kind         text NOT NULL,
  rotting_days integer,
  is_retired   boolean NOT NULL,
  successor    text,
  is_default   boolean NOT NULL,
  CONSTRAINT stage_snapshots_pk PRIMARY KEY (tenant_id, pipeline_id, version, key),
  CONSTRAINT stage_snapshots_pipeline_id_fk FOREIGN KEY (tenant_id, pipeline_id) REFERENCES pipelines (tenant_id, id)
);
CREATE INDEX stage_snapshots_by_until ON stage_snapshots (tenant_id, until);

-- The owner sees the rows with the wall let down for a moment, behind the locks that this takes.
ALTER TABLE pipelines NO FORCE ROW LEVEL SECURITY;
ALTER TABLE stages NO FORCE ROW LEVEL SECURITY;
UPDATE pipelines SET name_key = lower(name), updated_at = created_at;
INSERT INTO stage_snapshots
SELECT s.tenant_id, s.pipeline_id, p.version, s.key, (extract(epoch FROM p.created_at) * 1000000)::bigint, 253402214400000000, s.position, s.probability, s.kind, s.rotting_days, false, NULL, p.is_default
FROM stages s JOIN pipelines p ON p.tenant_id = s.tenant_id AND p.id = s.pipeline_id;
ALTER TABLE pipelines FORCE ROW LEVEL SECURITY;
ALTER TABLE stages FORCE ROW LEVEL SECURITY;
CALL raise_wall('stage_snapshots');

CREATE UNIQUE INDEX pipelines_by_name ON pipelines (tenant_id, name_key) WHERE retired_at IS NULL;

CREATE FUNCTION end_stage_snapshots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stage_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND pipeline_id = NEW.pipeline_id AND version < NEW.version AND until > NEW.at;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION end_stage_snapshots() FROM PUBLIC;
CREATE TRIGGER stage_snapshots_end AFTER INSERT ON stage_snapshots FOR EACH ROW EXECUTE FUNCTION end_stage_snapshots();
