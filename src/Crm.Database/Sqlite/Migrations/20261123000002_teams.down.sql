DROP TABLE team_members;
DROP TABLE teams;
ALTER TABLE tenants DROP COLUMN visibility;
ALTER TABLE members DROP COLUMN active;
