DROP FUNCTION log_depths();
DROP FUNCTION tenants_to_relay();
DROP TABLE held_deliveries;
DROP TABLE log_consumers;
