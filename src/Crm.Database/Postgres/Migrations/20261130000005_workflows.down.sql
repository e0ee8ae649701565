DROP FUNCTION tenants_with_clocks(timestamptz);
DROP FUNCTION tenants_with_runs(timestamptz, boolean);
DROP TABLE workflow_runs;
DROP TABLE workflow_versions;
DROP TABLE workflows;
