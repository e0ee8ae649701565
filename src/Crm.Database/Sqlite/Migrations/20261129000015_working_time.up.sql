-- When tenants work, as they send it.
ALTER TABLE tenants ADD COLUMN working_hours TEXT NOT NULL DEFAULT '[{"weekday":"MONDAY","from":"09:00","to":"17:00"},{"weekday":"TUESDAY","from":"09:00","to":"17:00"},{"weekday":"WEDNESDAY","from":"09:00","to":"17:00"},{"weekday":"THURSDAY","from":"09:00","to":"17:00"},{"weekday":"FRIDAY","from":"09:00","to":"17:00"}]';
ALTER TABLE tenants ADD COLUMN holidays TEXT NOT NULL DEFAULT '[]';
