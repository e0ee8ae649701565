-- What happens to a record by the passing of time: when it next has something to tell, and what it told already.
ALTER TABLE tasks ADD COLUMN alarm_at INTEGER;
ALTER TABLE tasks ADD COLUMN due_told INTEGER;
ALTER TABLE tasks ADD COLUMN remind_told INTEGER;
ALTER TABLE deals ADD COLUMN alarm_at INTEGER;
ALTER TABLE deals ADD COLUMN rotting_told INTEGER;

-- What has passed by now counts as told: nobody wants to hear of last year's tasks.
UPDATE tasks SET
  due_told = CASE WHEN due_at < clock.now THEN due_at END,
  remind_told = CASE WHEN remind_at < clock.now THEN remind_at END
FROM (SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000000 AS now) AS clock
WHERE due_at IS NOT NULL OR remind_at IS NOT NULL;
UPDATE tasks SET alarm_at = CASE
  WHEN due_told IS NULL AND remind_told IS NULL THEN coalesce(min(due_at, remind_at), due_at, remind_at)
  WHEN due_told IS NULL THEN due_at
  WHEN remind_told IS NULL THEN remind_at END
WHERE completed_at IS NULL AND deleted_at IS NULL;
UPDATE deals SET
  rotting_told = CASE WHEN rotting.at < rotting.now THEN deals.stage_entered_at END,
  alarm_at = CASE WHEN deals.deleted_at IS NULL AND rotting.at >= rotting.now THEN rotting.at END
FROM (
  SELECT d.tenant_id, d.id, d.stage_entered_at + s.rotting_days * 86400000000 AS at, CAST(strftime('%s', 'now') AS INTEGER) * 1000000 AS now
  FROM deals d JOIN stages s ON s.tenant_id = d.tenant_id AND s.pipeline_id = d.pipeline_id AND s.key = d.stage
  WHERE d.closed_at IS NULL AND s.rotting_days IS NOT NULL) AS rotting
WHERE deals.tenant_id = rotting.tenant_id AND deals.id = rotting.id;

CREATE INDEX tasks_by_alarm ON tasks (tenant_id, alarm_at, id) WHERE alarm_at IS NOT NULL;
CREATE INDEX deals_by_alarm ON deals (tenant_id, alarm_at, id) WHERE alarm_at IS NOT NULL;
