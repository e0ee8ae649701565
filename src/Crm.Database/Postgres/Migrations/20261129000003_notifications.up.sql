-- What users are told, once for each event and kind. Numbers rise by one in a tenant, as the counter's row is locked by whoever makes some.
CREATE TABLE notifications (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  user_id    text COLLATE "C" NOT NULL,
  kind       text NOT NULL,
  event_id   uuid NOT NULL,
  collection text NOT NULL,
  subject_id text NOT NULL,
  record_id  uuid,
  title      text NOT NULL,
  actor      text NOT NULL,
  created_at timestamptz NOT NULL,
  number     bigint NOT NULL,
  read_at    timestamptz,
  version    integer NOT NULL,
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
CALL raise_wall('notifications');

CREATE TABLE notification_counters (
  tenant_id uuid NOT NULL,
  number    bigint NOT NULL,
  CONSTRAINT notification_counters_pk PRIMARY KEY (tenant_id),
  CONSTRAINT notification_counters_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CALL raise_wall('notification_counters');

-- What a user hasn't set is told as at first.
CREATE TABLE notification_preferences (
  tenant_id uuid NOT NULL,
  user_id   text COLLATE "C" NOT NULL,
  kind      text NOT NULL,
  in_app    boolean NOT NULL,
  email     boolean NOT NULL,
  version   integer NOT NULL,
  CONSTRAINT notification_preferences_pk PRIMARY KEY (tenant_id, user_id, kind),
  CONSTRAINT notification_preferences_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id)
);
CALL raise_wall('notification_preferences');

-- What goes out by e-mail, or has gone.
CREATE TABLE notification_mails (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  user_id    text COLLATE "C" NOT NULL,
  kind       text NOT NULL,
  event_id   uuid NOT NULL,
  collection text NOT NULL,
  subject_id text NOT NULL,
  record_id  uuid,
  title      text NOT NULL,
  actor      text NOT NULL,
  created_at timestamptz NOT NULL,
  state      text NOT NULL,
  attempts   integer NOT NULL,
  due_at     timestamptz NOT NULL,
  lease      uuid,
  problem    text,
  ended_at   timestamptz,
  CONSTRAINT notification_mails_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT notification_mails_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id),
  CONSTRAINT notification_mails_end CHECK ((state = 'PENDING') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX notification_mails_by_event ON notification_mails (tenant_id, event_id, user_id, kind);
CREATE INDEX notification_mails_due ON notification_mails (tenant_id, due_at, id) WHERE state = 'PENDING';
CREATE INDEX notification_mails_ended ON notification_mails (tenant_id, created_at, id) WHERE state <> 'PENDING';
CALL raise_wall('notification_mails');

-- Whoever sends mails, or deletes what is old, must find the tenants that have some, and is told their ids alone: a step of the index for each.
CREATE POLICY mailer ON notification_mails FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY tidier ON notifications FOR SELECT TO CURRENT_USER USING (true);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_to_mail() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE
        pending (tenant_id, at) AS (
          (SELECT tenant_id, due_at FROM %1$I.notification_mails WHERE state = 'PENDING' ORDER BY tenant_id, due_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.due_at FROM pending o CROSS JOIN LATERAL (
            SELECT n.tenant_id, n.due_at FROM %1$I.notification_mails n WHERE state = 'PENDING' AND n.tenant_id > o.tenant_id ORDER BY n.tenant_id, n.due_at LIMIT 1) next
        )
      SELECT tenant_id FROM pending WHERE at <= clock_timestamp()
    $body$
    $function$, current_schema());
  EXECUTE format($function$
    CREATE FUNCTION tenants_to_tidy(ended_before timestamptz, made_before timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE
        made (tenant_id, at) AS (
          (SELECT tenant_id, created_at FROM %1$I.notifications ORDER BY tenant_id, created_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.created_at FROM made o CROSS JOIN LATERAL (
            SELECT n.tenant_id, n.created_at FROM %1$I.notifications n WHERE n.tenant_id > o.tenant_id ORDER BY n.tenant_id, n.created_at LIMIT 1) next
        ),
        was_read (tenant_id, at) AS (
          (SELECT tenant_id, created_at FROM %1$I.notifications WHERE read_at IS NOT NULL ORDER BY tenant_id, created_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.created_at FROM was_read o CROSS JOIN LATERAL (
            SELECT n.tenant_id, n.created_at FROM %1$I.notifications n WHERE read_at IS NOT NULL AND n.tenant_id > o.tenant_id ORDER BY n.tenant_id, n.created_at LIMIT 1) next
        ),
        ended (tenant_id, at) AS (
          (SELECT tenant_id, created_at FROM %1$I.notification_mails WHERE state <> 'PENDING' ORDER BY tenant_id, created_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.created_at FROM ended o CROSS JOIN LATERAL (
            SELECT n.tenant_id, n.created_at FROM %1$I.notification_mails n WHERE state <> 'PENDING' AND n.tenant_id > o.tenant_id ORDER BY n.tenant_id, n.created_at LIMIT 1) next
        )
      SELECT tenant_id FROM made WHERE at < made_before
      UNION SELECT tenant_id FROM was_read WHERE at < ended_before
      UNION SELECT tenant_id FROM ended WHERE at < ended_before
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_to_mail() FROM PUBLIC;
REVOKE ALL ON FUNCTION tenants_to_tidy(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_to_mail() TO crm_app;
GRANT EXECUTE ON FUNCTION tenants_to_tidy(timestamptz, timestamptz) TO crm_app;
