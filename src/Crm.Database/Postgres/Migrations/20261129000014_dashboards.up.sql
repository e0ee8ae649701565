-- Named sets of reports, and when each is delivered by itself.
CREATE TABLE dashboards (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  name           text NOT NULL,
  name_key       text COLLATE "C" NOT NULL,
  search_text    text NOT NULL,
  is_shared      boolean NOT NULL,
  owner_id       text NOT NULL,
  reports        text NOT NULL,
  schedule       text,
  next_at        timestamptz,
  stopped_at     timestamptz,
  stopped_reason text,
  told           integer NOT NULL,
  created_at     timestamptz NOT NULL,
  created_by     text NOT NULL,
  updated_at     timestamptz NOT NULL,
  updated_by     text NOT NULL,
  version        integer NOT NULL,
  CONSTRAINT dashboards_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT dashboards_owner_id_fk FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, user_id),
  CONSTRAINT dashboards_schedule CHECK ((schedule IS NULL AND next_at IS NULL AND stopped_at IS NULL) OR (schedule IS NOT NULL AND (next_at IS NULL) = (stopped_at IS NOT NULL))),
  CONSTRAINT dashboards_stopped CHECK ((stopped_at IS NULL) = (stopped_reason IS NULL))
);
CREATE INDEX dashboards_by_name ON dashboards (tenant_id, name_key, id);
CREATE INDEX dashboards_by_created ON dashboards (tenant_id, created_at, id);
CREATE INDEX dashboards_by_owner ON dashboards (tenant_id, owner_id);
CREATE INDEX dashboards_due ON dashboards (tenant_id, next_at, id) WHERE next_at IS NOT NULL;
CALL raise_wall('dashboards');

-- What was due, once for each due time, and what came of it.
CREATE TABLE dashboard_deliveries (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  dashboard_id uuid NOT NULL,
  due_at       timestamptz NOT NULL,
  channel      text NOT NULL,
  name         text NOT NULL,
  owner_id     text NOT NULL,
  reports      text NOT NULL,
  recipients   text NOT NULL,
  state        text NOT NULL,
  attempts     integer NOT NULL,
  try_at       timestamptz NOT NULL,
  lease        uuid,
  problem      text,
  created_at   timestamptz NOT NULL,
  ended_at     timestamptz,
  CONSTRAINT dashboard_deliveries_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT dashboard_deliveries_dashboard_id_fk FOREIGN KEY (tenant_id, dashboard_id) REFERENCES dashboards (tenant_id, id),
  CONSTRAINT dashboard_deliveries_end CHECK ((state = 'PENDING') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX dashboard_deliveries_by_due ON dashboard_deliveries (tenant_id, dashboard_id, due_at);
CREATE INDEX dashboard_deliveries_pending ON dashboard_deliveries (tenant_id, try_at, id) WHERE state = 'PENDING';
CREATE INDEX dashboard_deliveries_ended ON dashboard_deliveries (tenant_id, created_at, id) WHERE state <> 'PENDING';
CALL raise_wall('dashboard_deliveries');

-- Whoever delivers dashboards, or deletes what is old, must find the tenants that have some, and is told their ids alone: a step of the index for each.
CREATE POLICY scheduler ON dashboards FOR SELECT TO CURRENT_USER USING (next_at IS NOT NULL);
CREATE POLICY courier ON dashboard_deliveries FOR SELECT TO CURRENT_USER USING (true);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_with_dashboards(due_by timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE
        first (tenant_id, at) AS (
          (SELECT tenant_id, next_at FROM %1$I.dashboards WHERE next_at IS NOT NULL ORDER BY tenant_id, next_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.next_at FROM first f CROSS JOIN LATERAL (
            SELECT d.tenant_id, d.next_at FROM %1$I.dashboards d WHERE next_at IS NOT NULL AND d.tenant_id > f.tenant_id ORDER BY d.tenant_id, d.next_at LIMIT 1) next
        )
      SELECT tenant_id FROM first WHERE at <= due_by
    $body$
    $function$, current_schema());
  EXECUTE format($function$
    CREATE FUNCTION tenants_to_deliver() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE
        first (tenant_id, at) AS (
          (SELECT tenant_id, try_at FROM %1$I.dashboard_deliveries WHERE state = 'PENDING' ORDER BY tenant_id, try_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.try_at FROM first f CROSS JOIN LATERAL (
            SELECT d.tenant_id, d.try_at FROM %1$I.dashboard_deliveries d WHERE state = 'PENDING' AND d.tenant_id > f.tenant_id ORDER BY d.tenant_id, d.try_at LIMIT 1) next
        )
      SELECT tenant_id FROM first WHERE at <= clock_timestamp()
    $body$
    $function$, current_schema());
  EXECUTE format($function$
    CREATE FUNCTION tenants_with_old_deliveries(ended_before timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE
        first (tenant_id, at) AS (
          (SELECT tenant_id, created_at FROM %1$I.dashboard_deliveries WHERE state <> 'PENDING' ORDER BY tenant_id, created_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.created_at FROM first f CROSS JOIN LATERAL (
            SELECT d.tenant_id, d.created_at FROM %1$I.dashboard_deliveries d WHERE state <> 'PENDING' AND d.tenant_id > f.tenant_id ORDER BY d.tenant_id, d.created_at LIMIT 1) next
        )
      SELECT tenant_id FROM first WHERE at < ended_before
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_with_dashboards(timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION tenants_to_deliver() FROM PUBLIC;
REVOKE ALL ON FUNCTION tenants_with_old_deliveries(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_with_dashboards(timestamptz) TO crm_app;
GRANT EXECUTE ON FUNCTION tenants_to_deliver() TO crm_app;
GRANT EXECUTE ON FUNCTION tenants_with_old_deliveries(timestamptz) TO crm_app;
