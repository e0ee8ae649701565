-- What reports of a period look for, so that they needn't read all of the past.
CREATE INDEX lead_snapshots_by_created ON lead_snapshots (tenant_id, created_at, lead_id);
CREATE INDEX activity_snapshots_by_occurred ON activity_snapshots (tenant_id, occurred_at);
CREATE INDEX activity_snapshots_by_lead ON activity_snapshots (tenant_id, lead_id, occurred_at);
CREATE INDEX task_snapshots_by_due ON task_snapshots (tenant_id, due_at, completed_at);
CREATE INDEX task_snapshots_by_completed ON task_snapshots (tenant_id, completed_at);
