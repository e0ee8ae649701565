DROP FUNCTION tenants_to_route(timestamptz);
DROP TABLE lead_routings;
DROP TABLE availabilities;
DROP TABLE routing_quotas;
DROP TABLE routing_turns;
DROP TABLE routing_plans;
DROP INDEX leads_by_domain;
ALTER TABLE leads DROP COLUMN domain_key;
