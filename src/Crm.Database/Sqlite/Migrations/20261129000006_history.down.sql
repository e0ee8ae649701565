DROP TABLE lead_snapshots;
DROP TABLE task_snapshots;
DROP TABLE activity_snapshots;
-- A snapshot had the probability that counted: the deal's own, else its stage's.
CREATE TABLE snapshots_without_ends (
  tenant_id           TEXT NOT NULL,
  deal_id             TEXT NOT NULL,
  version             INTEGER NOT NULL,
  at                  INTEGER NOT NULL,
  actor               TEXT NOT NULL,
  pipeline_id         TEXT NOT NULL,
  stage               TEXT NOT NULL,
  stage_entered_at    INTEGER NOT NULL,
  closed_at           INTEGER,
  value               INTEGER,
  currency            TEXT NOT NULL,
  probability         INTEGER NOT NULL,
  expected_close_date TEXT,
  owner_id            TEXT,
  lead_id             TEXT,
  is_deleted          INTEGER NOT NULL,
  CONSTRAINT deal_snapshots_pk PRIMARY KEY (tenant_id, deal_id, version),
  CONSTRAINT deal_snapshots_deal_id_fk FOREIGN KEY (tenant_id, deal_id) REFERENCES deals (tenant_id, id)
);
INSERT INTO snapshots_without_ends
SELECT s.tenant_id, s.deal_id, s.version, s.at, s.actor, s.pipeline_id, s.stage, s.stage_entered_at, s.closed_at, s.value, s.currency, coalesce(s.probability, g.probability), s.expected_close_date, s.owner_id, s.lead_id, s.is_deleted
FROM deal_snapshots s JOIN stages g ON g.tenant_id = s.tenant_id AND g.pipeline_id = s.pipeline_id AND g.key = s.stage;
DROP TABLE deal_snapshots;
ALTER TABLE snapshots_without_ends RENAME TO deal_snapshots;
ALTER TABLE deal_stays DROP COLUMN before;
ALTER TABLE deals DROP COLUMN visited;
ALTER TABLE deals DROP COLUMN stayed_before;
