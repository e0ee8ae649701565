-- What a deal that leaves a stage again had counted with before.
ALTER TABLE deal_snapshots ADD COLUMN left_before INTEGER;
ALTER TABLE deal_snapshots ADD COLUMN left_before_at INTEGER;
UPDATE deal_snapshots SET left_before = again.before, left_before_at = again.at
FROM (
  SELECT tenant_id, deal_id, version, lag(left_total) OVER earlier AS before, lag(stage_entered_at) OVER earlier AS at
  FROM deal_snapshots WHERE left_stage IS NOT NULL
  WINDOW earlier AS (PARTITION BY tenant_id, deal_id, left_pipeline_id, left_stage ORDER BY version)) AS again
WHERE again.before IS NOT NULL AND deal_snapshots.tenant_id = again.tenant_id AND deal_snapshots.deal_id = again.deal_id AND deal_snapshots.version = again.version;

-- What reports read of very many rows, so that they needn't look at the rows. A reason may be too long for an index.
CREATE INDEX deal_snapshots_present ON deal_snapshots (
  tenant_id, kind, closed_at, deal_id, pipeline_id, stage, currency, value, probability, owner_id, lead_id, created_at, expected_close_date, stage_entered_at, stayed_before, visited)
  WHERE until = 253402214400000000 AND NOT is_deleted;
CREATE INDEX deal_snapshots_moved ON deal_snapshots (tenant_id, at, deal_id, movement, currency, value, currency_before, value_before) WHERE movement IS NOT NULL;
CREATE INDEX deal_snapshots_entered ON deal_snapshots (
  tenant_id, stage_entered_at, at, created_at, deal_id, version, pipeline_id, stage, stayed_before, visited, left_pipeline_id, left_stage, left_total, left_before, left_before_at)
  WHERE left_stage IS NOT NULL OR at = created_at;
CREATE INDEX deal_snapshots_deleted ON deal_snapshots (tenant_id, deal_id) WHERE until = 253402214400000000 AND is_deleted;
CREATE INDEX deal_snapshots_gone ON deal_snapshots (tenant_id, deal_id, left_pipeline_id, at) WHERE left_pipeline_id <> pipeline_id;
CREATE INDEX deal_snapshots_until ON deal_snapshots (tenant_id, until);
CREATE INDEX lead_snapshots_present ON lead_snapshots (tenant_id, lead_id, source, owner_id) WHERE until = 253402214400000000;
