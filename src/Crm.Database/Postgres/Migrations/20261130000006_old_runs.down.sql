DROP FUNCTION tenants_with_old_runs(timestamptz);
DROP POLICY tidier ON workflow_runs;
DROP INDEX workflow_runs_ended;
