-- The role that the service works as. Roles belong to the whole server: another database of the same server may have made it already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'crm_app') THEN
        BEGIN
            CREATE ROLE crm_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL; -- made at this very moment for another database
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'crm_app', 'MEMBER') THEN
        EXECUTE format('GRANT crm_app TO %I', current_user);
    ELSIF current_setting('server_version_num')::int >= 160000 THEN
        -- There a member, such as who made the role, can't become it without the right to.
        IF NOT pg_has_role(current_user, 'crm_app', 'SET') THEN
            EXECUTE format('GRANT crm_app TO %I', current_user);
        END IF;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The role % may not make or join the role crm_app, which row-level security needs. As an administrator of the server run: CREATE ROLE crm_app NOLOGIN NOBYPASSRLS; GRANT crm_app TO %;', current_user, quote_ident(current_user)
            USING ERRCODE = 'insufficient_privilege';
END
$$;

GRANT SELECT ON schema_migrations TO crm_app;

-- Puts a table behind the third wall. Each migration that makes a table of tenants calls it.
CREATE PROCEDURE raise_wall(name text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO crm_app', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
        'CREATE POLICY tenant ON %I USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid) '
        'WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', name);
END
$$;
REVOKE ALL ON PROCEDURE raise_wall(text) FROM PUBLIC;

CALL raise_wall('tenants');
CALL raise_wall('members');
CALL raise_wall('pipelines');
CALL raise_wall('stages');
CALL raise_wall('leads');
CALL raise_wall('lead_stays');
CALL raise_wall('lead_tags');
CALL raise_wall('deals');
CALL raise_wall('deal_stays');
CALL raise_wall('deal_snapshots');
CALL raise_wall('deal_tags');
CALL raise_wall('tasks');
CALL raise_wall('activities');
CALL raise_wall('events');
CALL raise_wall('idempotency_keys');
