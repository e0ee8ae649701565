DROP INDEX workflow_runs_ended;
