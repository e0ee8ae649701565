DROP TABLE goals;
DROP TABLE goal_snapshots;
