DROP FUNCTION log_depths();
DROP FUNCTION tenants_to_relay(text[]);
DROP TABLE held_deliveries;
DROP TABLE log_consumers;
