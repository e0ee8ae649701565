DROP FUNCTION tenants_to_tidy(timestamptz, timestamptz);
DROP FUNCTION tenants_to_mail();
DROP TABLE notification_mails;
DROP TABLE notification_preferences;
DROP TABLE notification_counters;
DROP TABLE notifications;
