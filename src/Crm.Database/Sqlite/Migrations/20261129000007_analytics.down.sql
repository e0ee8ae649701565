DROP INDEX deal_snapshots_until;
DROP INDEX deal_snapshots_gone;
DROP INDEX deal_snapshots_deleted;
DROP INDEX deal_snapshots_entered;
DROP INDEX deal_snapshots_moved;
DROP INDEX deal_snapshots_present;
DROP INDEX lead_snapshots_present;
ALTER TABLE deal_snapshots DROP COLUMN left_before;
ALTER TABLE deal_snapshots DROP COLUMN left_before_at;
