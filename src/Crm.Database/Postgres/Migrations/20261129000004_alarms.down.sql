DROP FUNCTION tenants_with_alarms();
DROP POLICY alarm_clock ON tasks;
DROP POLICY alarm_clock ON deals;
DROP INDEX tasks_by_alarm;
DROP INDEX deals_by_alarm;
ALTER TABLE tasks DROP COLUMN alarm_at, DROP COLUMN due_told, DROP COLUMN remind_told;
ALTER TABLE deals DROP COLUMN alarm_at, DROP COLUMN rotting_told;
