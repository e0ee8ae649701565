-- Named sets of reports, and when each is delivered by itself.
CREATE TABLE dashboards (
  tenant_id      TEXT NOT NULL,
  id             TEXT NOT NULL,
  name           TEXT NOT NULL,
  name_key       TEXT NOT NULL,
  search_text    TEXT NOT NULL,
  is_shared      INTEGER NOT NULL,
  owner_id       TEXT NOT NULL,
  reports        TEXT NOT NULL,
  schedule       TEXT,
  next_at        INTEGER,
  stopped_at     INTEGER,
  stopped_reason TEXT,
  told           INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  created_by     TEXT NOT NULL,
  updated_at     INTEGER NOT NULL,
  updated_by     TEXT NOT NULL,
  version        INTEGER NOT NULL,
  CONSTRAINT dashboards_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT dashboards_owner_id_fk FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, user_id),
  CONSTRAINT dashboards_schedule CHECK ((schedule IS NULL AND next_at IS NULL AND stopped_at IS NULL) OR (schedule IS NOT NULL AND (next_at IS NULL) = (stopped_at IS NOT NULL))),
  CONSTRAINT dashboards_stopped CHECK ((stopped_at IS NULL) = (stopped_reason IS NULL))
);
CREATE INDEX dashboards_by_name ON dashboards (tenant_id, name_key, id);
CREATE INDEX dashboards_by_created ON dashboards (tenant_id, created_at, id);
CREATE INDEX dashboards_by_owner ON dashboards (tenant_id, owner_id);
CREATE INDEX dashboards_due ON dashboards (tenant_id, next_at, id) WHERE next_at IS NOT NULL;

-- What was due, once for each due time, and what came of it.
CREATE TABLE dashboard_deliveries (
  tenant_id    TEXT NOT NULL,
  id           TEXT NOT NULL,
  dashboard_id TEXT NOT NULL,
  due_at       INTEGER NOT NULL,
  channel      TEXT NOT NULL,
  name         TEXT NOT NULL,
  owner_id     TEXT NOT NULL,
  reports      TEXT NOT NULL,
  recipients   TEXT NOT NULL,
  state        TEXT NOT NULL,
  attempts     INTEGER NOT NULL,
  try_at       INTEGER NOT NULL,
  lease        TEXT,
  problem      TEXT,
  created_at   INTEGER NOT NULL,
  ended_at     INTEGER,
  CONSTRAINT dashboard_deliveries_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT dashboard_deliveries_dashboard_id_fk FOREIGN KEY (tenant_id, dashboard_id) REFERENCES dashboards (tenant_id, id),
  CONSTRAINT dashboard_deliveries_end CHECK ((state = 'PENDING') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX dashboard_deliveries_by_due ON dashboard_deliveries (tenant_id, dashboard_id, due_at);
CREATE INDEX dashboard_deliveries_pending ON dashboard_deliveries (tenant_id, try_at, id) WHERE state = 'PENDING';
CREATE INDEX dashboard_deliveries_ended ON dashboard_deliveries (tenant_id, created_at, id) WHERE state <> 'PENDING';
