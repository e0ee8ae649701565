-- From where and by what credential a change came; and changes of permissions and settings, which belong to no record: these have a
-- subject of their own, and no version.
ALTER TABLE events
  ADD COLUMN subject_id text,
  ADD COLUMN address text,
  ADD COLUMN credential text,
  ALTER COLUMN record_id DROP NOT NULL,
  ALTER COLUMN version DROP NOT NULL,
  ADD CONSTRAINT events_of_record_or_subject CHECK ((record_id IS NULL) = (version IS NULL) AND (record_id IS NULL) <> (subject_id IS NULL));
CREATE INDEX events_by_time ON events (tenant_id, occurred_at, id);
CREATE INDEX events_by_actor ON events (tenant_id, actor, occurred_at, id);
CREATE INDEX events_by_type ON events (tenant_id, type, occurred_at, id);
CREATE INDEX events_by_subject ON events (tenant_id, collection, subject_id, occurred_at, id) WHERE subject_id IS NOT NULL;

-- What was written and isn't sealed yet.
CREATE TABLE unsealed_events (
  tenant_id uuid NOT NULL,
  event_id  uuid NOT NULL,
  CONSTRAINT unsealed_events_pk PRIMARY KEY (tenant_id, event_id),
  CONSTRAINT unsealed_events_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

-- Each event's place in its tenant's chain. No reference to the event: a seal whose event is gone is what the chain is for.
CREATE TABLE seals (
  tenant_id uuid NOT NULL,
  position  bigint NOT NULL,
  event_id  uuid NOT NULL,
  hash      bytea NOT NULL,
  CONSTRAINT seals_pk PRIMARY KEY (tenant_id, position),
  CONSTRAINT seals_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX seals_by_event ON seals (tenant_id, event_id);

CREATE TABLE seal_heads (
  tenant_id uuid NOT NULL,
  position  bigint NOT NULL,
  hash      bytea NOT NULL,
  sealed_at timestamptz NOT NULL,
  CONSTRAINT seal_heads_pk PRIMARY KEY (tenant_id),
  CONSTRAINT seal_heads_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

-- What is there already is sealed, too. The owner sees it with the wall let down for a moment, behind the lock that this takes.
ALTER TABLE events NO FORCE ROW LEVEL SECURITY;
INSERT INTO unsealed_events (tenant_id, event_id) SELECT tenant_id, id FROM events;
ALTER TABLE events FORCE ROW LEVEL SECURITY;

CALL raise_wall('unsealed_events');
CALL raise_wall('seals');
CALL raise_wall('seal_heads');

-- Whoever seals must find the tenants that have something to seal, and is told their ids alone. The owner, by whose right the function
-- asks, sees the queue; and for the check of the chains, which works as the owner, who the tenants are.
CREATE POLICY sealer ON unsealed_events FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY checker ON tenants FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY checker ON seal_heads FOR SELECT TO CURRENT_USER USING (true);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_to_seal() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE waiting (tenant_id) AS (
        (SELECT tenant_id FROM %1$I.unsealed_events ORDER BY tenant_id LIMIT 1)
        UNION ALL
        SELECT (SELECT u.tenant_id FROM %1$I.unsealed_events u WHERE u.tenant_id > w.tenant_id ORDER BY u.tenant_id LIMIT 1) FROM waiting w WHERE w.tenant_id IS NOT NULL
      )
      SELECT tenant_id FROM waiting WHERE tenant_id IS NOT NULL
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_to_seal() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_to_seal() TO crm_app;
