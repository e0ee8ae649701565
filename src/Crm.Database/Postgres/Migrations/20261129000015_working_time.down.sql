ALTER TABLE tenants DROP COLUMN working_hours, DROP COLUMN holidays;
