-- What reports need of the past. A snapshot has an end, which the next one brings; a deal's also has what it did to the value that is open,
-- and the stay that ended with it. Amounts of snapshots are ten-thousandths, instants microseconds since 1970: what reports compute with.
ALTER TABLE deals ADD COLUMN visited text NOT NULL DEFAULT '', ADD COLUMN stayed_before bigint;
ALTER TABLE deal_stays ADD COLUMN before bigint NOT NULL DEFAULT 0;
ALTER TABLE deal_snapshots
  ALTER COLUMN at TYPE bigint USING (extract(epoch FROM at) * 1000000)::bigint,
  ALTER COLUMN stage_entered_at TYPE bigint USING (extract(epoch FROM stage_entered_at) * 1000000)::bigint,
  ALTER COLUMN closed_at TYPE bigint USING (extract(epoch FROM closed_at) * 1000000)::bigint,
  ADD COLUMN until bigint NOT NULL DEFAULT 253402214400000000,
  ADD COLUMN created_at bigint NOT NULL DEFAULT 0,
  ADD COLUMN kind text NOT NULL DEFAULT 'OPEN',
  ADD COLUMN lost_reason text,
  ADD COLUMN visited text NOT NULL DEFAULT '',
  ADD COLUMN stayed_before bigint,
  ADD COLUMN left_pipeline_id uuid,
  ADD COLUMN left_stage text,
  ADD COLUMN left_entered_at bigint,
  ADD COLUMN left_total bigint,
  ADD COLUMN movement text,
  ADD COLUMN value_before bigint,
  ADD COLUMN currency_before text,
  ALTER COLUMN probability DROP NOT NULL;

CREATE TABLE lead_snapshots (
  tenant_id    uuid NOT NULL,
  lead_id      uuid NOT NULL,
  version      integer NOT NULL,
  at           bigint NOT NULL,
  until        bigint NOT NULL,
  created_at   bigint NOT NULL,
  status       text NOT NULL,
  source       text NOT NULL,
  owner_id     text,
  converted_at bigint,
  is_deleted   boolean NOT NULL,
  CONSTRAINT lead_snapshots_pk PRIMARY KEY (tenant_id, lead_id, version),
  CONSTRAINT lead_snapshots_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);

CREATE TABLE task_snapshots (
  tenant_id    uuid NOT NULL,
  task_id      uuid NOT NULL,
  version      integer NOT NULL,
  at           bigint NOT NULL,
  until        bigint NOT NULL,
  created_at   bigint NOT NULL,
  created_by   text NOT NULL,
  type         text NOT NULL,
  assignee_id  text,
  due_at       bigint,
  completed_at bigint,
  lead_id      uuid,
  deal_id      uuid,
  is_deleted   boolean NOT NULL,
  CONSTRAINT task_snapshots_pk PRIMARY KEY (tenant_id, task_id, version),
  CONSTRAINT task_snapshots_task_id_fk FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);

CREATE TABLE activity_snapshots (
  tenant_id        uuid NOT NULL,
  activity_id      uuid NOT NULL,
  version          integer NOT NULL,
  at               bigint NOT NULL,
  until            bigint NOT NULL,
  type             text NOT NULL,
  direction        text,
  user_id          text COLLATE "C" NOT NULL,
  occurred_at      bigint NOT NULL,
  duration_minutes integer,
  lead_id          uuid,
  deal_id          uuid,
  task_id          uuid,
  is_deleted       boolean NOT NULL,
  CONSTRAINT activity_snapshots_pk PRIMARY KEY (tenant_id, activity_id, version),
  CONSTRAINT activity_snapshots_activity_id_fk FOREIGN KEY (tenant_id, activity_id) REFERENCES activities (tenant_id, id)
);

-- All of it is in the log and the stays. The owner sees them with the walls let down for a moment, behind the locks that this takes.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['deals', 'deal_stays', 'deal_snapshots', 'stages', 'events', 'leads', 'tasks', 'activities'] LOOP
    EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', name);
  END LOOP;
END
$$;

UPDATE deal_stays SET before = earlier.micros FROM (
  SELECT tenant_id, deal_id, ordinal, sum(extract(epoch FROM left_at - entered_at) * 1000000) OVER (
    PARTITION BY tenant_id, deal_id, pipeline_id, stage ORDER BY ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)::bigint AS micros
  FROM deal_stays) AS earlier
WHERE earlier.micros IS NOT NULL AND deal_stays.tenant_id = earlier.tenant_id AND deal_stays.deal_id = earlier.deal_id AND deal_stays.ordinal = earlier.ordinal;

CREATE TEMPORARY TABLE deal_steps ON COMMIT DROP AS
SELECT s.tenant_id, s.deal_id, s.version, s.pipeline_id, s.stage, s.is_deleted, s.closed_at, s.value, s.currency,
  lead(s.at) OVER of_deal AS until, lag(s.version) OVER of_deal IS NULL AS is_first,
  lag(s.is_deleted) OVER of_deal AS was_deleted, lag(s.closed_at) OVER of_deal AS closed_before, lag(s.value) OVER of_deal AS value_before, lag(s.currency) OVER of_deal AS currency_before,
  (lag(s.version) OVER of_deal IS NOT NULL
    AND (s.pipeline_id, s.stage, s.stage_entered_at) IS DISTINCT FROM (lag(s.pipeline_id) OVER of_deal, lag(s.stage) OVER of_deal, lag(s.stage_entered_at) OVER of_deal))::integer AS moved
FROM deal_snapshots s
WINDOW of_deal AS (PARTITION BY s.tenant_id, s.deal_id ORDER BY s.version);

UPDATE deal_snapshots SET
  until = coalesce(step.until, 253402214400000000),
  created_at = step.created_at, kind = step.kind, lost_reason = step.told ->> 'lostReason', probability = (step.told ->> 'probability')::integer,
  visited = step.visited, stayed_before = step.stayed_before,
  left_pipeline_id = step.left_pipeline_id, left_stage = step.left_stage, left_entered_at = step.left_entered_at, left_total = step.left_total,
  movement = CASE
    WHEN NOT step.was_open AND step.is_open THEN CASE WHEN step.is_first THEN 'CREATED' WHEN step.was_deleted THEN 'RESTORED' ELSE 'REOPENED' END
    WHEN step.was_open AND NOT step.is_open THEN CASE WHEN step.is_deleted THEN 'DELETED' ELSE step.kind END
    WHEN step.was_open AND step.is_open AND (coalesce(step.value, 0) <> coalesce(step.value_before, 0) OR step.currency <> step.currency_before) THEN 'CHANGED' END,
  value_before = CASE WHEN step.was_open THEN coalesce(step.value_before, 0) END,
  currency_before = CASE WHEN step.was_open THEN step.currency_before END
FROM (
  SELECT s.tenant_id, s.deal_id, s.version, s.until, s.is_first, s.is_deleted, s.was_deleted, s.value, s.value_before, s.currency, s.currency_before,
    (extract(epoch FROM d.created_at) * 1000000)::bigint AS created_at, g.kind, e.record::jsonb AS told,
    NOT s.is_deleted AND s.closed_at IS NULL AS is_open, NOT s.is_first AND NOT s.was_deleted AND s.closed_before IS NULL AS was_open,
    (SELECT string_agg(DISTINCT v.stage, ',' ORDER BY v.stage) FROM (
      SELECT o.stage COLLATE "C" AS stage FROM deal_stays o WHERE o.tenant_id = s.tenant_id AND o.deal_id = s.deal_id AND o.pipeline_id = s.pipeline_id AND o.ordinal <= s.ordinal) v) AS visited,
    (SELECT t.before FROM deal_stays t WHERE t.tenant_id = s.tenant_id AND t.deal_id = s.deal_id AND t.ordinal = s.ordinal AND EXISTS (
      SELECT FROM deal_stays o WHERE o.tenant_id = t.tenant_id AND o.deal_id = t.deal_id AND o.pipeline_id = t.pipeline_id AND o.stage = t.stage AND o.ordinal < t.ordinal)) AS stayed_before,
    l.pipeline_id AS left_pipeline_id, l.stage AS left_stage, (extract(epoch FROM l.entered_at) * 1000000)::bigint AS left_entered_at, l.before + (extract(epoch FROM l.left_at - l.entered_at) * 1000000)::bigint AS left_total
  FROM (SELECT *, sum(moved) OVER (PARTITION BY tenant_id, deal_id ORDER BY version) AS ordinal FROM deal_steps) s
  JOIN deals d ON d.tenant_id = s.tenant_id AND d.id = s.deal_id
  JOIN stages g ON g.tenant_id = s.tenant_id AND g.pipeline_id = s.pipeline_id AND g.key = s.stage
  LEFT JOIN events e ON e.tenant_id = s.tenant_id AND e.record_id = s.deal_id AND e.version = s.version
  LEFT JOIN deal_stays l ON s.moved = 1 AND l.tenant_id = s.tenant_id AND l.deal_id = s.deal_id AND l.ordinal = s.ordinal - 1) AS step
WHERE deal_snapshots.tenant_id = step.tenant_id AND deal_snapshots.deal_id = step.deal_id AND deal_snapshots.version = step.version;
UPDATE deals SET visited = s.visited, stayed_before = s.stayed_before
FROM deal_snapshots s WHERE s.tenant_id = deals.tenant_id AND s.deal_id = deals.id AND s.until = 253402214400000000;

-- The last event of each save tells what the record then was, and the first when.
CREATE TEMPORARY TABLE record_steps ON COMMIT DROP AS
SELECT tenant_id, collection, record_id, version, at, coalesce(lead(at) OVER (PARTITION BY tenant_id, record_id ORDER BY version), 253402214400000000) AS until, told,
  coalesce((SELECT d.type FROM events d WHERE d.tenant_id = s.tenant_id AND d.record_id = s.record_id AND d.version <= s.version AND d.type IN ('lead.deleted', 'lead.restored', 'task.deleted', 'task.restored', 'activity.deleted', 'activity.restored')
    ORDER BY d.version DESC LIMIT 1) LIKE '%.deleted', false) AS is_deleted
FROM (
  SELECT tenant_id, collection, record_id, version, record::jsonb AS told,
    (extract(epoch FROM min(occurred_at) OVER of_save) * 1000000)::bigint AS at, row_number() OVER (PARTITION BY tenant_id, record_id, record::jsonb ->> 'updatedAt' ORDER BY version DESC) AS from_last
  FROM events WHERE collection IN ('leads', 'tasks', 'activities') AND record_id IS NOT NULL
  WINDOW of_save AS (PARTITION BY tenant_id, record_id, record::jsonb ->> 'updatedAt')) s
WHERE from_last = 1;

INSERT INTO lead_snapshots
SELECT s.tenant_id, s.record_id, s.version, s.at, s.until, (extract(epoch FROM l.created_at) * 1000000)::bigint, told ->> 'status', told ->> 'source', told ->> 'ownerId', (extract(epoch FROM (told ->> 'convertedAt')::timestamptz) * 1000000)::bigint, s.is_deleted
FROM record_steps s JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.record_id WHERE s.collection = 'leads';
INSERT INTO task_snapshots
SELECT s.tenant_id, s.record_id, s.version, s.at, s.until, (extract(epoch FROM t.created_at) * 1000000)::bigint, t.created_by, told ->> 'type', told ->> 'assigneeId', (extract(epoch FROM (told ->> 'dueAt')::timestamptz) * 1000000)::bigint, (extract(epoch FROM (told ->> 'completedAt')::timestamptz) * 1000000)::bigint,
  (told ->> 'leadId')::uuid, (told ->> 'dealId')::uuid, s.is_deleted
FROM record_steps s JOIN tasks t ON t.tenant_id = s.tenant_id AND t.id = s.record_id WHERE s.collection = 'tasks';
INSERT INTO activity_snapshots
SELECT s.tenant_id, s.record_id, s.version, s.at, s.until, told ->> 'type', told ->> 'direction', a.user_id, (extract(epoch FROM (told ->> 'occurredAt')::timestamptz) * 1000000)::bigint, (told ->> 'durationMinutes')::integer,
  (told ->> 'leadId')::uuid, (told ->> 'dealId')::uuid, (told ->> 'taskId')::uuid, s.is_deleted
FROM record_steps s JOIN activities a ON a.tenant_id = s.tenant_id AND a.id = s.record_id WHERE s.collection = 'activities';

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['deals', 'deal_stays', 'deal_snapshots', 'stages', 'events', 'leads', 'tasks', 'activities'] LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
  END LOOP;
END
$$;
CALL raise_wall('lead_snapshots');
CALL raise_wall('task_snapshots');
CALL raise_wall('activity_snapshots');

CREATE FUNCTION end_snapshots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'deal_snapshots' THEN UPDATE deal_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND deal_id = NEW.deal_id AND version < NEW.version AND until > NEW.at;
    WHEN 'lead_snapshots' THEN UPDATE lead_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND lead_id = NEW.lead_id AND version < NEW.version AND until > NEW.at;
    WHEN 'task_snapshots' THEN UPDATE task_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND task_id = NEW.task_id AND version < NEW.version AND until > NEW.at;
    WHEN 'activity_snapshots' THEN UPDATE activity_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND activity_id = NEW.activity_id AND version < NEW.version AND until > NEW.at;
  END CASE;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION end_snapshots() FROM PUBLIC;
CREATE TRIGGER deal_snapshots_end AFTER INSERT ON deal_snapshots FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION end_snapshots();
CREATE TRIGGER lead_snapshots_end AFTER INSERT ON lead_snapshots FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION end_snapshots();
CREATE TRIGGER task_snapshots_end AFTER INSERT ON task_snapshots FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION end_snapshots();
CREATE TRIGGER activity_snapshots_end AFTER INSERT ON activity_snapshots FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION end_snapshots();
