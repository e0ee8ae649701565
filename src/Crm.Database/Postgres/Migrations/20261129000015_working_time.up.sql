-- When tenants work, as they send it.
ALTER TABLE tenants
  ADD COLUMN working_hours text NOT NULL DEFAULT '[{"weekday":"MONDAY","from":"09:00","to":"17:00"},{"weekday":"TUESDAY","from":"09:00","to":"17:00"},{"weekday":"WEDNESDAY","from":"09:00","to":"17:00"},{"weekday":"THURSDAY","from":"09:00","to":"17:00"},{"weekday":"FRIDAY","from":"09:00","to":"17:00"}]',
  ADD COLUMN holidays text NOT NULL DEFAULT '[]';
