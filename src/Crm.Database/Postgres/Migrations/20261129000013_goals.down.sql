DROP TABLE goals, goal_snapshots;
DROP FUNCTION end_goal_snapshots();
