-- How far deals came, whose they are, and which are in what currency is asked of all that there are: of the index with all that reports want, most of what is read would be something else.
CREATE INDEX deal_snapshots_made ON deal_snapshots (tenant_id, created_at, currency, deal_id, pipeline_id, owner_id, visited) WHERE until = 253402214400000000 AND NOT is_deleted;
CREATE INDEX deal_snapshots_open ON deal_snapshots (tenant_id, currency, value) WHERE until = 253402214400000000 AND NOT is_deleted AND kind = 'OPEN';

-- The few times that are taken back near a quantile: by what all of a stage's have in common, all of them would be looked through.
CREATE INDEX deal_snapshots_left_again_for ON deal_snapshots (tenant_id, left_pipeline_id, left_stage, left_before) WHERE left_before_at IS NOT NULL;
