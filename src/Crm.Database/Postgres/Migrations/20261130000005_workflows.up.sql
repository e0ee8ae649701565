-- What tenants have done when something happens: the draft, and which version runs.
CREATE TABLE workflows (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  draft          text NOT NULL,
  latest_version integer NOT NULL,
  is_latest      boolean NOT NULL,
  active_version integer,
  active_since   timestamptz,
  looked_at      timestamptz,
  next_at        timestamptz,
  created_at     timestamptz NOT NULL,
  created_by     text NOT NULL,
  updated_at     timestamptz NOT NULL,
  updated_by     text NOT NULL,
  version        integer NOT NULL,
  CONSTRAINT workflows_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT workflows_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX workflows_by_created ON workflows (tenant_id, created_at, id);
CREATE INDEX workflows_next ON workflows (tenant_id, next_at, id) WHERE next_at IS NOT NULL;
CALL raise_wall('workflows');

-- Workflows as they ran or run.
CREATE TABLE workflow_versions (
  tenant_id   uuid NOT NULL,
  workflow_id uuid NOT NULL,
  number      integer NOT NULL,
  definition  text NOT NULL,
  created_at  timestamptz NOT NULL,
  created_by  text NOT NULL,
  CONSTRAINT workflow_versions_pk PRIMARY KEY (tenant_id, workflow_id, number),
  CONSTRAINT workflow_versions_workflow_id_fk FOREIGN KEY (tenant_id, workflow_id) REFERENCES workflows (tenant_id, id)
);
CALL raise_wall('workflow_versions');

-- Each run for a record; the key is what keeps an event that is told twice from beginning two.
CREATE TABLE workflow_runs (
  tenant_id        uuid NOT NULL,
  id               uuid NOT NULL,
  workflow_id      uuid NOT NULL,
  workflow_version integer NOT NULL,
  key              uuid NOT NULL,
  event_id         uuid,
  event_type       text,
  triggered_at     timestamptz NOT NULL,
  collection       text NOT NULL,
  record_id        uuid NOT NULL,
  depth            integer NOT NULL,
  root_id          uuid NOT NULL,
  state            text NOT NULL,
  steps            text NOT NULL,
  is_call          boolean NOT NULL,
  done             integer NOT NULL,
  at               timestamptz NOT NULL,
  tries            integer NOT NULL,
  problem          text,
  due_at           timestamptz,
  started_at       timestamptz NOT NULL,
  ended_at         timestamptz,
  CONSTRAINT workflow_runs_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT workflow_runs_workflow_version_fk FOREIGN KEY (tenant_id, workflow_id, workflow_version) REFERENCES workflow_versions (tenant_id, workflow_id, number)
);
CREATE UNIQUE INDEX workflow_runs_once ON workflow_runs (tenant_id, workflow_id, key);
CREATE INDEX workflow_runs_by_start ON workflow_runs (tenant_id, started_at, id);
CREATE INDEX workflow_runs_by_workflow ON workflow_runs (tenant_id, workflow_id, started_at, id);
CREATE INDEX workflow_runs_by_record ON workflow_runs (tenant_id, record_id, started_at, id);
CREATE INDEX workflow_runs_by_root ON workflow_runs (tenant_id, root_id);
CREATE INDEX workflow_runs_due ON workflow_runs (tenant_id, is_call, due_at, id) WHERE due_at IS NOT NULL;
CALL raise_wall('workflow_runs');

-- Whoever goes on with runs must find the tenants that have some, and is told their ids alone: a step of the index for each.
CREATE POLICY runner ON workflow_runs FOR SELECT TO CURRENT_USER USING (due_at IS NOT NULL);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_with_runs(due_by timestamptz, calls boolean) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE
        first (tenant_id, at) AS (
          (SELECT tenant_id, due_at FROM %1$I.workflow_runs WHERE is_call = calls AND due_at IS NOT NULL ORDER BY tenant_id, is_call, due_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.due_at FROM first f CROSS JOIN LATERAL (
            SELECT r.tenant_id, r.due_at FROM %1$I.workflow_runs r WHERE r.is_call = calls AND r.due_at IS NOT NULL AND r.tenant_id > f.tenant_id ORDER BY r.tenant_id, r.is_call, r.due_at LIMIT 1) next
        )
      SELECT tenant_id FROM first WHERE at <= due_by
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_with_runs(timestamptz, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_with_runs(timestamptz, boolean) TO crm_app;

-- The same for whoever looks at the clock for workflows.
CREATE POLICY clock ON workflows FOR SELECT TO CURRENT_USER USING (next_at IS NOT NULL);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_with_clocks(next_by timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE
        first (tenant_id, at) AS (
          (SELECT tenant_id, next_at FROM %1$I.workflows WHERE next_at IS NOT NULL ORDER BY tenant_id, next_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.next_at FROM first f CROSS JOIN LATERAL (
            SELECT r.tenant_id, r.next_at FROM %1$I.workflows r WHERE r.next_at IS NOT NULL AND r.tenant_id > f.tenant_id ORDER BY r.tenant_id, r.next_at LIMIT 1) next
        )
      SELECT tenant_id FROM first WHERE at <= next_by
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_with_clocks(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_with_clocks(timestamptz) TO crm_app;
