DROP INDEX tasks_by_alarm;
DROP INDEX deals_by_alarm;
ALTER TABLE tasks DROP COLUMN alarm_at;
ALTER TABLE tasks DROP COLUMN due_told;
ALTER TABLE tasks DROP COLUMN remind_told;
ALTER TABLE deals DROP COLUMN alarm_at;
ALTER TABLE deals DROP COLUMN rotting_told;
