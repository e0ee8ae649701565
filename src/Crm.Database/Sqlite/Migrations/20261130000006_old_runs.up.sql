-- Runs that may be deleted; those whose key is their record keep it from running again.
CREATE INDEX workflow_runs_ended ON workflow_runs (tenant_id, ended_at, id) WHERE ended_at IS NOT NULL AND key <> record_id;
