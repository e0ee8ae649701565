DROP INDEX deal_snapshots_moved;
DROP INDEX deal_snapshots_revalued;
DROP INDEX deal_snapshots_lost;
DROP INDEX deal_snapshots_first;
DROP INDEX deal_snapshots_left;
DROP INDEX deal_snapshots_left_again;
DROP INDEX deal_snapshots_left_for;
DROP INDEX deal_snapshots_deleted;
DROP INDEX deal_snapshots_gone;
DROP INDEX deal_snapshots_until;
CREATE INDEX deal_snapshots_moved ON deal_snapshots (tenant_id, at, deal_id, movement, currency, value, currency_before, value_before) WHERE movement IS NOT NULL;
CREATE INDEX deal_snapshots_entered ON deal_snapshots (
  tenant_id, stage_entered_at, at, created_at, deal_id, version, pipeline_id, stage, stayed_before, visited, left_pipeline_id, left_stage, left_total, left_before, left_before_at)
  WHERE left_stage IS NOT NULL OR at = created_at;
CREATE INDEX deal_snapshots_deleted ON deal_snapshots (tenant_id, deal_id) WHERE until = 253402214400000000 AND is_deleted;
CREATE INDEX deal_snapshots_gone ON deal_snapshots (tenant_id, deal_id, left_pipeline_id, at) WHERE left_pipeline_id <> pipeline_id;
CREATE INDEX deal_snapshots_until ON deal_snapshots (tenant_id, until);
ALTER TABLE deal_snapshots DROP COLUMN revalued;
