-- What happens to a record by the passing of time: when it next has something to tell, and what it told already.
ALTER TABLE tasks ADD COLUMN alarm_at timestamptz, ADD COLUMN due_told timestamptz, ADD COLUMN remind_told timestamptz;
ALTER TABLE deals ADD COLUMN alarm_at timestamptz, ADD COLUMN rotting_told timestamptz;

-- What has passed by now counts as told: nobody wants to hear of last year's tasks. The owner sees the rows with the wall let down for
-- a moment, behind the locks that this takes.
ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deals NO FORCE ROW LEVEL SECURITY;
ALTER TABLE stages NO FORCE ROW LEVEL SECURITY;
UPDATE tasks SET
  due_told = CASE WHEN due_at < now() THEN due_at END,
  remind_told = CASE WHEN remind_at < now() THEN remind_at END,
  alarm_at = CASE WHEN completed_at IS NULL AND deleted_at IS NULL THEN least(CASE WHEN due_at >= now() THEN due_at END, CASE WHEN remind_at >= now() THEN remind_at END) END
WHERE due_at IS NOT NULL OR remind_at IS NOT NULL;
UPDATE deals SET
  rotting_told = CASE WHEN rotting.at < now() THEN deals.stage_entered_at END,
  alarm_at = CASE WHEN deals.deleted_at IS NULL AND rotting.at >= now() THEN rotting.at END
FROM (
  SELECT d.tenant_id, d.id, d.stage_entered_at + make_interval(hours => 24 * s.rotting_days) AS at
  FROM deals d JOIN stages s ON s.tenant_id = d.tenant_id AND s.pipeline_id = d.pipeline_id AND s.key = d.stage
  WHERE d.closed_at IS NULL AND s.rotting_days IS NOT NULL) AS rotting
WHERE deals.tenant_id = rotting.tenant_id AND deals.id = rotting.id;
ALTER TABLE tasks FORCE ROW LEVEL SECURITY;
ALTER TABLE deals FORCE ROW LEVEL SECURITY;
ALTER TABLE stages FORCE ROW LEVEL SECURITY;

CREATE INDEX tasks_by_alarm ON tasks (tenant_id, alarm_at, id) WHERE alarm_at IS NOT NULL;
CREATE INDEX deals_by_alarm ON deals (tenant_id, alarm_at, id) WHERE alarm_at IS NOT NULL;

-- Whoever rings the alarms must find the tenants that have some, and is told their ids alone.
CREATE POLICY alarm_clock ON tasks FOR SELECT TO CURRENT_USER USING (alarm_at IS NOT NULL);
CREATE POLICY alarm_clock ON deals FOR SELECT TO CURRENT_USER USING (alarm_at IS NOT NULL);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_with_alarms() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE
      with_tasks (tenant_id, alarm_at) AS (
        (SELECT tenant_id, alarm_at FROM %1$I.tasks WHERE alarm_at IS NOT NULL ORDER BY tenant_id, alarm_at LIMIT 1)
        UNION ALL
        SELECT next.tenant_id, next.alarm_at FROM with_tasks w CROSS JOIN LATERAL (
          SELECT t.tenant_id, t.alarm_at FROM %1$I.tasks t WHERE t.alarm_at IS NOT NULL AND t.tenant_id > w.tenant_id ORDER BY t.tenant_id, t.alarm_at LIMIT 1) next
      ),
      with_deals (tenant_id, alarm_at) AS (
        (SELECT tenant_id, alarm_at FROM %1$I.deals WHERE alarm_at IS NOT NULL ORDER BY tenant_id, alarm_at LIMIT 1)
        UNION ALL
        SELECT next.tenant_id, next.alarm_at FROM with_deals w CROSS JOIN LATERAL (
          SELECT d.tenant_id, d.alarm_at FROM %1$I.deals d WHERE d.alarm_at IS NOT NULL AND d.tenant_id > w.tenant_id ORDER BY d.tenant_id, d.alarm_at LIMIT 1) next
      )
      SELECT tenant_id FROM with_tasks WHERE alarm_at < clock_timestamp()
      UNION
      SELECT tenant_id FROM with_deals WHERE alarm_at < clock_timestamp()
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_with_alarms() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_with_alarms() TO crm_app;
