DROP PROCEDURE raise_wall(text);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'tenants', 'members', 'pipelines', 'stages', 'leads', 'lead_stays', 'lead_tags', 'deals', 'deal_stays', 'deal_snapshots', 'deal_tags',
        'tasks', 'activities', 'events', 'idempotency_keys'
    ]
    LOOP
        EXECUTE format('DROP POLICY tenant ON %I', name);
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', name);
        EXECUTE format('REVOKE ALL ON %I FROM crm_app', name);
    END LOOP;
END
$$;

-- The role stays: other databases of the server may use it.
REVOKE ALL ON schema_migrations FROM crm_app;
