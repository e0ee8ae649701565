DROP TABLE dashboard_deliveries;
DROP TABLE dashboards;
