-- Runs that may be deleted; those whose key is their record keep it from running again.
CREATE INDEX workflow_runs_ended ON workflow_runs (tenant_id, ended_at, id) WHERE ended_at IS NOT NULL AND key <> record_id;

-- Whoever deletes what is old must find the tenants that have some, and is told their ids alone: a step of the index for each.
CREATE POLICY tidier ON workflow_runs FOR SELECT TO CURRENT_USER USING (ended_at IS NOT NULL);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_with_old_runs(before timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE
        first (tenant_id, at) AS (
          (SELECT tenant_id, ended_at FROM %1$I.workflow_runs WHERE ended_at IS NOT NULL AND key <> record_id ORDER BY tenant_id, ended_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.ended_at FROM first f CROSS JOIN LATERAL (
            SELECT r.tenant_id, r.ended_at FROM %1$I.workflow_runs r WHERE r.ended_at IS NOT NULL AND r.key <> r.record_id AND r.tenant_id > f.tenant_id ORDER BY r.tenant_id, r.ended_at LIMIT 1) next
        )
      SELECT tenant_id FROM first WHERE at < before
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_with_old_runs(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_with_old_runs(timestamptz) TO crm_app;
