-- What tenants have done when something happens: the draft, and which version runs.
CREATE TABLE workflows (
  tenant_id      TEXT NOT NULL,
  id             TEXT NOT NULL,
  draft          TEXT NOT NULL,
  latest_version INTEGER NOT NULL,
  is_latest      INTEGER NOT NULL,
  active_version INTEGER,
  active_since   INTEGER,
  looked_at      INTEGER,
  next_at        INTEGER,
  created_at     INTEGER NOT NULL,
  created_by     TEXT NOT NULL,
  updated_at     INTEGER NOT NULL,
  updated_by     TEXT NOT NULL,
  version        INTEGER NOT NULL,
  CONSTRAINT workflows_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT workflows_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX workflows_by_created ON workflows (tenant_id, created_at, id);
CREATE INDEX workflows_next ON workflows (tenant_id, next_at, id) WHERE next_at IS NOT NULL;

-- Workflows as they ran or run.
CREATE TABLE workflow_versions (
  tenant_id   TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  number      INTEGER NOT NULL,
  definition  TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  created_by  TEXT NOT NULL,
  CONSTRAINT workflow_versions_pk PRIMARY KEY (tenant_id, workflow_id, number),
  CONSTRAINT workflow_versions_workflow_id_fk FOREIGN KEY (tenant_id, workflow_id) REFERENCES workflows (tenant_id, id)
);

-- Each run for a record; the key is what keeps an event that is told twice from beginning two.
CREATE TABLE workflow_runs (
  tenant_id        TEXT NOT NULL,
  id               TEXT NOT NULL,
  workflow_id      TEXT NOT NULL,
  workflow_version INTEGER NOT NULL,
  key              TEXT NOT NULL,
  event_id         TEXT,
  event_type       TEXT,
  triggered_at     INTEGER NOT NULL,
  collection       TEXT NOT NULL,
  record_id        TEXT NOT NULL,
  depth            INTEGER NOT NULL,
  root_id          TEXT NOT NULL,
  state            TEXT NOT NULL,
  steps            TEXT NOT NULL,
  is_call          INTEGER NOT NULL,
  done             INTEGER NOT NULL,
  at               INTEGER NOT NULL,
  tries            INTEGER NOT NULL,
  problem          TEXT,
  due_at           INTEGER,
  started_at       INTEGER NOT NULL,
  ended_at         INTEGER,
  CONSTRAINT workflow_runs_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT workflow_runs_workflow_version_fk FOREIGN KEY (tenant_id, workflow_id, workflow_version) REFERENCES workflow_versions (tenant_id, workflow_id, number)
);
CREATE UNIQUE INDEX workflow_runs_once ON workflow_runs (tenant_id, workflow_id, key);
CREATE INDEX workflow_runs_by_start ON workflow_runs (tenant_id, started_at, id);
CREATE INDEX workflow_runs_by_workflow ON workflow_runs (tenant_id, workflow_id, started_at, id);
CREATE INDEX workflow_runs_by_record ON workflow_runs (tenant_id, record_id, started_at, id);
CREATE INDEX workflow_runs_by_root ON workflow_runs (tenant_id, root_id);
CREATE INDEX workflow_runs_due ON workflow_runs (tenant_id, is_call, due_at, id) WHERE due_at IS NOT NULL;
