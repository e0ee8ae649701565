DROP TABLE notification_mails;
DROP TABLE notification_preferences;
DROP TABLE notification_counters;
DROP TABLE notifications;
