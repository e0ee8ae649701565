DROP FUNCTION tenants_to_seal();
DROP POLICY checker ON tenants;
DROP TABLE seal_heads;
DROP TABLE seals;
DROP TABLE unsealed_events;

DROP INDEX events_by_subject;
DROP INDEX events_by_type;
DROP INDEX events_by_actor;
DROP INDEX events_by_time;
-- Events of no record can't be kept by the tables before.
ALTER TABLE events NO FORCE ROW LEVEL SECURITY;
DELETE FROM events WHERE record_id IS NULL;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
ALTER TABLE events
  DROP CONSTRAINT events_of_record_or_subject,
  ALTER COLUMN record_id SET NOT NULL,
  ALTER COLUMN version SET NOT NULL,
  DROP COLUMN subject_id,
  DROP COLUMN address,
  DROP COLUMN credential;
