DROP FUNCTION tenants_to_convert();
DROP TABLE customers;
ALTER TABLE leads DROP COLUMN pending_conversion_id;
DROP TABLE conversions;
