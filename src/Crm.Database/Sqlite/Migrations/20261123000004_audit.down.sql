DROP TABLE seal_heads;
DROP TABLE seals;
DROP TABLE unsealed_events;

-- Events of no record can't be kept by the table before.
CREATE TABLE events_old (
  tenant_id   TEXT NOT NULL,
  id          TEXT NOT NULL,
  type        TEXT NOT NULL,
  collection  TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  version     INTEGER NOT NULL,
  actor       TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  trace_id    TEXT,
  changes     TEXT NOT NULL,
  record      TEXT NOT NULL,
  CONSTRAINT events_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT events_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
INSERT INTO events_old (tenant_id, id, type, collection, record_id, version, actor, occurred_at, trace_id, changes, record)
  SELECT tenant_id, id, type, collection, record_id, version, actor, occurred_at, trace_id, changes, record FROM events WHERE record_id IS NOT NULL;
DROP TABLE events;
ALTER TABLE events_old RENAME TO events;
CREATE UNIQUE INDEX events_by_record ON events (tenant_id, record_id, version);
