DROP INDEX lead_snapshots_by_created;
DROP INDEX activity_snapshots_by_occurred;
DROP INDEX activity_snapshots_by_lead;
DROP INDEX task_snapshots_by_due;
DROP INDEX task_snapshots_by_completed;
