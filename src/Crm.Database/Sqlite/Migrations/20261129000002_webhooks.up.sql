-- Endpoints that are told of events. The secrets are kept as they are, since what is sent is signed by them.
CREATE TABLE webhooks (
  tenant_id             TEXT NOT NULL,
  id                    TEXT NOT NULL,
  url                   TEXT NOT NULL,
  name                  TEXT,
  types                 TEXT,
  filter                TEXT,
  state                 TEXT NOT NULL,
  disabled_at           INTEGER,
  disabled_reason       TEXT,
  secret                BLOB NOT NULL,
  previous_secret       BLOB,
  previous_secret_until INTEGER,
  failures              INTEGER NOT NULL,
  failing_since         INTEGER,
  last_delivered_at     INTEGER,
  created_at            INTEGER NOT NULL,
  created_by            TEXT NOT NULL,
  updated_at            INTEGER NOT NULL,
  updated_by            TEXT NOT NULL,
  version               INTEGER NOT NULL,
  CONSTRAINT webhooks_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhooks_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT webhooks_disabled CHECK ((state = 'DISABLED') = (disabled_at IS NOT NULL))
);
CREATE INDEX webhooks_by_created ON webhooks (tenant_id, created_at, id);

-- What was sent to them, and what they answered.
CREATE TABLE webhook_deliveries (
  tenant_id       TEXT NOT NULL,
  id              TEXT NOT NULL,
  webhook_id      TEXT NOT NULL,
  event_id        TEXT NOT NULL,
  type            TEXT NOT NULL,
  attempt         INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  duration_ms     INTEGER NOT NULL,
  outcome         TEXT NOT NULL,
  status          INTEGER,
  problem         TEXT,
  request_headers TEXT NOT NULL,
  request_body    TEXT NOT NULL,
  answer_headers  TEXT NOT NULL,
  answer_body     TEXT,
  CONSTRAINT webhook_deliveries_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhook_deliveries_webhook_id_fk FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks (tenant_id, id)
);
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (tenant_id, webhook_id, at, id);
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (tenant_id, webhook_id, event_id, attempt);
