DROP TABLE workflow_runs;
DROP TABLE workflow_versions;
DROP TABLE workflows;
