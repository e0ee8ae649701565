-- From where and by what credential a change came; and changes of permissions and settings, which belong to no record: these have a
-- subject of their own, and no version. SQLite can't let a column be null afterwards, so that the table is written anew.
CREATE TABLE events_new (
  tenant_id   TEXT NOT NULL,
  id          TEXT NOT NULL,
  type        TEXT NOT NULL,
  collection  TEXT NOT NULL,
  record_id   TEXT,
  version     INTEGER,
  subject_id  TEXT,
  actor       TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  address     TEXT,
  credential  TEXT,
  trace_id    TEXT,
  changes     TEXT NOT NULL,
  record      TEXT NOT NULL,
  CONSTRAINT events_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT events_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT events_of_record_or_subject CHECK ((record_id IS NULL) = (version IS NULL) AND (record_id IS NULL) <> (subject_id IS NULL))
);
INSERT INTO events_new (tenant_id, id, type, collection, record_id, version, actor, occurred_at, trace_id, changes, record)
  SELECT tenant_id, id, type, collection, record_id, version, actor, occurred_at, trace_id, changes, record FROM events;
DROP TABLE events;
ALTER TABLE events_new RENAME TO events;
CREATE UNIQUE INDEX events_by_record ON events (tenant_id, record_id, version);
CREATE INDEX events_by_time ON events (tenant_id, occurred_at, id);
CREATE INDEX events_by_actor ON events (tenant_id, actor, occurred_at, id);
CREATE INDEX events_by_type ON events (tenant_id, type, occurred_at, id);
CREATE INDEX events_by_subject ON events (tenant_id, collection, subject_id, occurred_at, id) WHERE subject_id IS NOT NULL;

-- What was written and isn't sealed yet.
CREATE TABLE unsealed_events (
  tenant_id TEXT NOT NULL,
  event_id  TEXT NOT NULL,
  CONSTRAINT unsealed_events_pk PRIMARY KEY (tenant_id, event_id),
  CONSTRAINT unsealed_events_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

-- Each event's place in its tenant's chain. No reference to the event: a seal whose event is gone is what the chain is for.
CREATE TABLE seals (
  tenant_id TEXT NOT NULL,
  position  INTEGER NOT NULL,
  event_id  TEXT NOT NULL,
  hash      BLOB NOT NULL,
  CONSTRAINT seals_pk PRIMARY KEY (tenant_id, position),
  CONSTRAINT seals_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX seals_by_event ON seals (tenant_id, event_id);

CREATE TABLE seal_heads (
  tenant_id TEXT NOT NULL,
  position  INTEGER NOT NULL,
  hash      BLOB NOT NULL,
  sealed_at INTEGER NOT NULL,
  CONSTRAINT seal_heads_pk PRIMARY KEY (tenant_id),
  CONSTRAINT seal_heads_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

-- What is there already is sealed, too.
INSERT INTO unsealed_events (tenant_id, event_id) SELECT tenant_id, id FROM events;
