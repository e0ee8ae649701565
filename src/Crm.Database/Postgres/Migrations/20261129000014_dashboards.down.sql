DROP FUNCTION tenants_with_old_deliveries(timestamptz);
DROP FUNCTION tenants_to_deliver();
DROP FUNCTION tenants_with_dashboards(timestamptz);
DROP TABLE dashboard_deliveries;
DROP TABLE dashboards;
