DROP TABLE lead_snapshots, task_snapshots, activity_snapshots;
DROP TRIGGER deal_snapshots_end ON deal_snapshots;
DROP FUNCTION end_snapshots();
-- A snapshot had the probability that counted: the deal's own, else its stage's.
ALTER TABLE deal_snapshots NO FORCE ROW LEVEL SECURITY;
ALTER TABLE stages NO FORCE ROW LEVEL SECURITY;
UPDATE deal_snapshots SET probability = stages.probability FROM stages
WHERE deal_snapshots.probability IS NULL AND stages.tenant_id = deal_snapshots.tenant_id AND stages.pipeline_id = deal_snapshots.pipeline_id AND stages.key = deal_snapshots.stage;
ALTER TABLE deal_snapshots FORCE ROW LEVEL SECURITY;
ALTER TABLE stages FORCE ROW LEVEL SECURITY;
ALTER TABLE deal_snapshots
  DROP COLUMN until, DROP COLUMN created_at, DROP COLUMN kind, DROP COLUMN lost_reason, DROP COLUMN visited, DROP COLUMN stayed_before,
  DROP COLUMN left_pipeline_id, DROP COLUMN left_stage, DROP COLUMN left_entered_at, DROP COLUMN left_total,
  DROP COLUMN movement, DROP COLUMN value_before, DROP COLUMN currency_before,
  ALTER COLUMN at TYPE timestamptz USING timestamptz 'epoch' + at * interval '1 microsecond',
  ALTER COLUMN stage_entered_at TYPE timestamptz USING timestamptz 'epoch' + stage_entered_at * interval '1 microsecond',
  ALTER COLUMN closed_at TYPE timestamptz USING timestamptz 'epoch' + closed_at * interval '1 microsecond',
  ALTER COLUMN probability SET NOT NULL;
ALTER TABLE deal_stays DROP COLUMN before;
ALTER TABLE deals DROP COLUMN visited, DROP COLUMN stayed_before;
