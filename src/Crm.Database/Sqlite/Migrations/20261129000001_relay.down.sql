DROP TABLE held_deliveries;
DROP TABLE log_consumers;
