-- How far everybody who reads a tenant's log has got. Position and end stand in one row, so that whoever moves one sees the other.
CREATE TABLE log_consumers (
  tenant_id    TEXT NOT NULL,
  name         TEXT NOT NULL,
  position     INTEGER NOT NULL,
  target       INTEGER NOT NULL,
  behind_since INTEGER,
  held_due_at  INTEGER,
  due_at       INTEGER NOT NULL,
  lease        TEXT,
  failures     INTEGER NOT NULL,
  problem      TEXT,
  CONSTRAINT log_consumers_pk PRIMARY KEY (tenant_id, name),
  CONSTRAINT log_consumers_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT log_consumers_range CHECK (position BETWEEN 0 AND target)
);
CREATE INDEX log_consumers_behind ON log_consumers (tenant_id, due_at) WHERE (("position" < target) OR (held_due_at IS NOT NULL));

-- What a consumer didn't take, and what waits behind it.
CREATE TABLE held_deliveries (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  consumer  TEXT NOT NULL,
  position  INTEGER NOT NULL,
  event_id  TEXT NOT NULL,
  record_id TEXT,
  tries     INTEGER NOT NULL,
  due_at    INTEGER,
  problem   TEXT,
  held_at   INTEGER NOT NULL,
  parked_at INTEGER,
  CONSTRAINT held_deliveries_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT held_deliveries_consumer_fk FOREIGN KEY (tenant_id, consumer) REFERENCES log_consumers (tenant_id, name),
  CONSTRAINT held_deliveries_state CHECK (parked_at IS NULL OR due_at IS NULL)
);
CREATE UNIQUE INDEX held_deliveries_by_position ON held_deliveries (tenant_id, consumer, position);
CREATE INDEX held_deliveries_due ON held_deliveries (tenant_id, consumer, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX held_deliveries_of_record ON held_deliveries (tenant_id, consumer, record_id, position) WHERE parked_at IS NULL;
CREATE INDEX held_deliveries_parked ON held_deliveries (tenant_id, parked_at, id) WHERE parked_at IS NOT NULL;
