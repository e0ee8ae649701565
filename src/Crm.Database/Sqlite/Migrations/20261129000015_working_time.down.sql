ALTER TABLE tenants DROP COLUMN working_hours;
ALTER TABLE tenants DROP COLUMN holidays;
