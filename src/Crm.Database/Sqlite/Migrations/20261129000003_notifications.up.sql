-- What users are told, once for each event and kind. Numbers rise by one in a tenant, as the counter's row is locked by whoever makes some.
CREATE TABLE notifications (
  tenant_id  TEXT NOT NULL,
  id         TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  kind       TEXT NOT NULL,
  event_id   TEXT NOT NULL,
  collection TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  record_id  TEXT,
  title      TEXT NOT NULL,
  actor      TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  number     INTEGER NOT NULL,
  read_at    INTEGER,
  version    INTEGER NOT NULL,
  CONSTRAINT notifications_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT notifications_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id)
);
CREATE UNIQUE INDEX notifications_by_event ON notifications (tenant_id, event_id, user_id, kind);
CREATE UNIQUE INDEX notifications_by_number ON notifications (tenant_id, user_id, number);
CREATE UNIQUE INDEX notifications_in_order ON notifications (tenant_id, number);
CREATE INDEX notifications_by_user ON notifications (tenant_id, user_id, created_at, id);
CREATE INDEX notifications_unread ON notifications (tenant_id, user_id, created_at, id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_created ON notifications (tenant_id, created_at, id);
CREATE INDEX notifications_read ON notifications (tenant_id, created_at, id) WHERE read_at IS NOT NULL;

CREATE TABLE notification_counters (
  tenant_id TEXT NOT NULL,
  number    INTEGER NOT NULL,
  CONSTRAINT notification_counters_pk PRIMARY KEY (tenant_id),
  CONSTRAINT notification_counters_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

-- What a user hasn't set is told as at first.
CREATE TABLE notification_preferences (
  tenant_id TEXT NOT NULL,
  user_id   TEXT NOT NULL,
  kind      TEXT NOT NULL,
  in_app    INTEGER NOT NULL,
  email     INTEGER NOT NULL,
  version   INTEGER NOT NULL,
  CONSTRAINT notification_preferences_pk PRIMARY KEY (tenant_id, user_id, kind),
  CONSTRAINT notification_preferences_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id)
);

-- What goes out by e-mail, or has gone.
CREATE TABLE notification_mails (
  tenant_id  TEXT NOT NULL,
  id         TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  kind       TEXT NOT NULL,
  event_id   TEXT NOT NULL,
  collection TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  record_id  TEXT,
  title      TEXT NOT NULL,
  actor      TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state      TEXT NOT NULL,
  attempts   INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,
  lease      TEXT,
  problem    TEXT,
  ended_at   INTEGER,
  CONSTRAINT notification_mails_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT notification_mails_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id),
  CONSTRAINT notification_mails_end CHECK ((state = 'PENDING') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX notification_mails_by_event ON notification_mails (tenant_id, event_id, user_id, kind);
CREATE INDEX notification_mails_due ON notification_mails (tenant_id, due_at, id) WHERE state = 'PENDING';
CREATE INDEX notification_mails_ended ON notification_mails (tenant_id, created_at, id) WHERE state <> 'PENDING';
