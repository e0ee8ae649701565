-- How far everybody who reads a tenant's log has got. Position and end stand in one row, so that whoever moves one sees the other.
CREATE TABLE log_consumers (
  tenant_id    uuid NOT NULL,
  name         text NOT NULL,
  position     bigint NOT NULL,
  target       bigint NOT NULL,
  behind_since timestamptz,
  held_due_at  timestamptz,
  due_at       timestamptz NOT NULL,
  lease        uuid,
  failures     integer NOT NULL,
  problem      text,
  CONSTRAINT log_consumers_pk PRIMARY KEY (tenant_id, name),
  CONSTRAINT log_consumers_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT log_consumers_range CHECK (position BETWEEN 0 AND target)
);
CREATE INDEX log_consumers_behind ON log_consumers (tenant_id, due_at) WHERE (("position" < target) OR (held_due_at IS NOT NULL));
CALL raise_wall('log_consumers');

-- What a consumer didn't take, and what waits behind it.
CREATE TABLE held_deliveries (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  consumer  text NOT NULL,
  position  bigint NOT NULL,
  event_id  uuid NOT NULL,
  record_id uuid,
  tries     integer NOT NULL,
  due_at    timestamptz,
  problem   text,
  held_at   timestamptz NOT NULL,
  parked_at timestamptz,
  CONSTRAINT held_deliveries_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT held_deliveries_consumer_fk FOREIGN KEY (tenant_id, consumer) REFERENCES log_consumers (tenant_id, name),
  CONSTRAINT held_deliveries_state CHECK (parked_at IS NULL OR due_at IS NULL)
);
CREATE UNIQUE INDEX held_deliveries_by_position ON held_deliveries (tenant_id, consumer, position);
CREATE INDEX held_deliveries_due ON held_deliveries (tenant_id, consumer, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX held_deliveries_of_record ON held_deliveries (tenant_id, consumer, record_id, position) WHERE parked_at IS NULL;
CREATE INDEX held_deliveries_parked ON held_deliveries (tenant_id, parked_at, id) WHERE parked_at IS NOT NULL;
CALL raise_wall('held_deliveries');

-- Whoever relays must find the tenants that have something to tell, and how much there is in all; nothing else of them.
CREATE POLICY relay ON log_consumers FOR SELECT TO CURRENT_USER USING (true);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_to_relay(kinds text[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE behind (tenant_id) AS (
        (SELECT tenant_id FROM %1$I.log_consumers WHERE position < target OR held_due_at IS NOT NULL ORDER BY tenant_id LIMIT 1)
        UNION ALL
        SELECT next.tenant_id FROM behind b CROSS JOIN LATERAL (
          SELECT c.tenant_id FROM %1$I.log_consumers c WHERE (c.position < c.target OR c.held_due_at IS NOT NULL) AND c.tenant_id > b.tenant_id ORDER BY c.tenant_id LIMIT 1) next
      )
      SELECT tenant_id FROM behind b WHERE EXISTS (
        SELECT FROM %1$I.log_consumers c WHERE c.tenant_id = b.tenant_id AND split_part(c.name, ':', 1) = ANY (kinds) AND (c.position < c.target OR c.held_due_at IS NOT NULL)
          AND c.due_at <= clock_timestamp() AND (c.position < c.target OR c.held_due_at <= clock_timestamp()))
    $body$
    $function$, current_schema());
  EXECUTE format($function$
    CREATE FUNCTION log_depths() RETURNS TABLE (kind text, behind bigint, depth bigint, since timestamptz) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      SELECT split_part(name, ':', 1), count(*), sum(target - position)::bigint, min(behind_since)
      FROM %1$I.log_consumers WHERE (position < target OR held_due_at IS NOT NULL) AND position < target GROUP BY 1
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_to_relay(text[]), log_depths() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_to_relay(text[]), log_depths() TO crm_app;
