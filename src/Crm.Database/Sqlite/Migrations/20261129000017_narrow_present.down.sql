DROP INDEX deal_snapshots_made;
DROP INDEX deal_snapshots_open;
DROP INDEX deal_snapshots_left_again_for;
