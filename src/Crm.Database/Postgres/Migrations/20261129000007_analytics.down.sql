DROP INDEX deal_snapshots_until, deal_snapshots_gone, deal_snapshots_deleted, deal_snapshots_entered, deal_snapshots_moved, deal_snapshots_present, lead_snapshots_present;
ALTER TABLE deal_snapshots DROP COLUMN left_before, DROP COLUMN left_before_at;
