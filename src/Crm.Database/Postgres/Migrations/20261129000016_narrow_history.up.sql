-- What was open is worth something else since: few versions, which needn't be looked for among all that moved.
ALTER TABLE deal_snapshots ADD COLUMN revalued boolean NOT NULL DEFAULT false;
ALTER TABLE deal_snapshots NO FORCE ROW LEVEL SECURITY;
UPDATE deal_snapshots SET revalued = true WHERE value_before IS NOT NULL AND (currency <> currency_before OR COALESCE(value, 0) <> value_before);
ALTER TABLE deal_snapshots FORCE ROW LEVEL SECURITY;

-- For each report an index with what it reads alone: reading is what takes the time.
DROP INDEX deal_snapshots_moved, deal_snapshots_entered, deal_snapshots_deleted, deal_snapshots_gone, deal_snapshots_until;
CREATE INDEX deal_snapshots_moved ON deal_snapshots (tenant_id, at, deal_id, movement, currency, value, currency_before, value_before) WHERE movement <> 'CHANGED';
CREATE INDEX deal_snapshots_revalued ON deal_snapshots (tenant_id, at, deal_id, currency, value, currency_before, value_before) WHERE revalued;
CREATE INDEX deal_snapshots_lost ON deal_snapshots (tenant_id, closed_at, currency, value, pipeline_id, owner_id, lead_id, lost_reason) WHERE until = 253402214400000000 AND NOT is_deleted AND kind = 'LOST';
CREATE INDEX deal_snapshots_first ON deal_snapshots (tenant_id, pipeline_id, stage, visited, stage_entered_at, at, deal_id) WHERE stayed_before IS NULL AND (left_stage IS NOT NULL OR at = created_at);
CREATE INDEX deal_snapshots_left ON deal_snapshots (tenant_id, stage_entered_at, at, created_at, deal_id, left_pipeline_id, left_total, left_stage, pipeline_id, stage) WHERE left_stage IS NOT NULL;
CREATE INDEX deal_snapshots_left_again ON deal_snapshots (tenant_id, stage_entered_at, at, created_at, deal_id, left_pipeline_id, left_before_at, left_before, left_stage) WHERE left_before_at IS NOT NULL;
CREATE INDEX deal_snapshots_left_for ON deal_snapshots (tenant_id, left_pipeline_id, left_stage, left_total) WHERE left_stage IS NOT NULL;
CREATE INDEX deal_snapshots_deleted ON deal_snapshots (tenant_id, deal_id, at, until) WHERE is_deleted;
CREATE INDEX deal_snapshots_gone ON deal_snapshots (tenant_id, deal_id, left_pipeline_id, at, pipeline_id) WHERE left_pipeline_id <> pipeline_id;
CREATE INDEX deal_snapshots_until ON deal_snapshots (tenant_id, until, deal_id);
