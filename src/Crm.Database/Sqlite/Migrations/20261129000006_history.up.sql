-- What reports need of the past. A snapshot has an end, which the next one brings; a deal's also has what it did to the value that is open,
-- and the stay that ended with it. Amounts of snapshots are ten-thousandths, times in stages microseconds.
ALTER TABLE deals ADD COLUMN visited TEXT NOT NULL DEFAULT '';
ALTER TABLE deals ADD COLUMN stayed_before INTEGER;
ALTER TABLE deal_stays ADD COLUMN before INTEGER NOT NULL DEFAULT 0;
UPDATE deal_stays SET before = earlier.micros FROM (
  SELECT tenant_id, deal_id, ordinal, sum(left_at - entered_at) OVER (
    PARTITION BY tenant_id, deal_id, pipeline_id, stage ORDER BY ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS micros
  FROM deal_stays) AS earlier
WHERE earlier.micros IS NOT NULL AND deal_stays.tenant_id = earlier.tenant_id AND deal_stays.deal_id = earlier.deal_id AND deal_stays.ordinal = earlier.ordinal;

-- A new table, since a column of an old one can't be allowed to be null.
CREATE TABLE snapshots_with_ends (
  tenant_id           TEXT NOT NULL,
  deal_id             TEXT NOT NULL,
  version             INTEGER NOT NULL,
  at                  INTEGER NOT NULL,
  until               INTEGER NOT NULL,
  actor               TEXT NOT NULL,
  created_at          INTEGER NOT NULL,
  pipeline_id         TEXT NOT NULL,
  stage               TEXT NOT NULL,
  kind                TEXT NOT NULL,
  stage_entered_at    INTEGER NOT NULL,
  closed_at           INTEGER,
  lost_reason         TEXT,
  value               INTEGER,
  currency            TEXT NOT NULL,
  probability         INTEGER,
  expected_close_date TEXT,
  owner_id            TEXT,
  lead_id             TEXT,
  is_deleted          INTEGER NOT NULL,
  visited             TEXT NOT NULL,
  stayed_before       INTEGER,
  left_pipeline_id    TEXT,
  left_stage          TEXT,
  left_entered_at     INTEGER,
  left_total          INTEGER,
  movement            TEXT,
  value_before        INTEGER,
  currency_before     TEXT,
  CONSTRAINT deal_snapshots_pk PRIMARY KEY (tenant_id, deal_id, version),
  CONSTRAINT deal_snapshots_deal_id_fk FOREIGN KEY (tenant_id, deal_id) REFERENCES deals (tenant_id, id)
);
INSERT INTO snapshots_with_ends
SELECT tenant_id, deal_id, version, at, coalesce(until, 253402214400000000), actor, created_at, pipeline_id, stage, kind, stage_entered_at, closed_at, json_extract(told, '$.lostReason'),
  value, currency, json_extract(told, '$.probability'), expected_close_date, owner_id, lead_id, is_deleted, visited, stayed_before,
  left_pipeline_id, left_stage, left_entered_at, left_total,
  CASE
    WHEN NOT was_open AND is_open THEN CASE WHEN is_first THEN 'CREATED' WHEN was_deleted THEN 'RESTORED' ELSE 'REOPENED' END
    WHEN was_open AND NOT is_open THEN CASE WHEN is_deleted THEN 'DELETED' ELSE kind END
    WHEN was_open AND is_open AND (coalesce(value, 0) <> coalesce(value_before, 0) OR currency <> currency_before) THEN 'CHANGED' END,
  CASE WHEN was_open THEN coalesce(value_before, 0) END,
  CASE WHEN was_open THEN currency_before END
FROM (
  SELECT s.*, d.created_at, g.kind, e.record AS told,
    NOT s.is_deleted AND s.closed_at IS NULL AS is_open, NOT s.is_first AND NOT s.was_deleted AND s.closed_before IS NULL AS was_open,
    (SELECT group_concat(v.stage, ',') FROM (
      SELECT DISTINCT o.stage FROM deal_stays o WHERE o.tenant_id = s.tenant_id AND o.deal_id = s.deal_id AND o.pipeline_id = s.pipeline_id AND o.ordinal <= s.ordinal ORDER BY o.stage) v) AS visited,
    (SELECT t.before FROM deal_stays t WHERE t.tenant_id = s.tenant_id AND t.deal_id = s.deal_id AND t.ordinal = s.ordinal AND EXISTS (
      SELECT 1 FROM deal_stays o WHERE o.tenant_id = t.tenant_id AND o.deal_id = t.deal_id AND o.pipeline_id = t.pipeline_id AND o.stage = t.stage AND o.ordinal < t.ordinal)) AS stayed_before,
    l.pipeline_id AS left_pipeline_id, l.stage AS left_stage, l.entered_at AS left_entered_at, l.before + l.left_at - l.entered_at AS left_total
  FROM (SELECT *, sum(moved) OVER (PARTITION BY tenant_id, deal_id ORDER BY version) AS ordinal FROM (
    SELECT s.*, lead(s.at) OVER of_deal AS until, lag(s.version) OVER of_deal IS NULL AS is_first,
      lag(s.is_deleted) OVER of_deal AS was_deleted, lag(s.closed_at) OVER of_deal AS closed_before, lag(s.value) OVER of_deal AS value_before, lag(s.currency) OVER of_deal AS currency_before,
      lag(s.version) OVER of_deal IS NOT NULL
        AND (s.pipeline_id <> lag(s.pipeline_id) OVER of_deal OR s.stage <> lag(s.stage) OVER of_deal OR s.stage_entered_at <> lag(s.stage_entered_at) OVER of_deal) AS moved
    FROM deal_snapshots s
    WINDOW of_deal AS (PARTITION BY s.tenant_id, s.deal_id ORDER BY s.version))) s
  JOIN deals d ON d.tenant_id = s.tenant_id AND d.id = s.deal_id
  JOIN stages g ON g.tenant_id = s.tenant_id AND g.pipeline_id = s.pipeline_id AND g.key = s.stage
  LEFT JOIN events e ON e.tenant_id = s.tenant_id AND e.record_id = s.deal_id AND e.version = s.version
  LEFT JOIN deal_stays l ON s.moved AND l.tenant_id = s.tenant_id AND l.deal_id = s.deal_id AND l.ordinal = s.ordinal - 1);
DROP TABLE deal_snapshots;
ALTER TABLE snapshots_with_ends RENAME TO deal_snapshots;
UPDATE deals SET visited = s.visited, stayed_before = s.stayed_before
FROM deal_snapshots s WHERE s.tenant_id = deals.tenant_id AND s.deal_id = deals.id AND s.until = 253402214400000000;

CREATE TABLE lead_snapshots (
  tenant_id    TEXT NOT NULL,
  lead_id      TEXT NOT NULL,
  version      INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  until        INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  status       TEXT NOT NULL,
  source       TEXT NOT NULL,
  owner_id     TEXT,
  converted_at INTEGER,
  is_deleted   INTEGER NOT NULL,
  CONSTRAINT lead_snapshots_pk PRIMARY KEY (tenant_id, lead_id, version),
  CONSTRAINT lead_snapshots_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);

CREATE TABLE task_snapshots (
  tenant_id    TEXT NOT NULL,
  task_id      TEXT NOT NULL,
  version      INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  until        INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  created_by   TEXT NOT NULL,
  type         TEXT NOT NULL,
  assignee_id  TEXT,
  due_at       INTEGER,
  completed_at INTEGER,
  lead_id      TEXT,
  deal_id      TEXT,
  is_deleted   INTEGER NOT NULL,
  CONSTRAINT task_snapshots_pk PRIMARY KEY (tenant_id, task_id, version),
  CONSTRAINT task_snapshots_task_id_fk FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);

CREATE TABLE activity_snapshots (
  tenant_id        TEXT NOT NULL,
  activity_id      TEXT NOT NULL,
  version          INTEGER NOT NULL,
  at               INTEGER NOT NULL,
  until            INTEGER NOT NULL,
  type             TEXT NOT NULL,
  direction        TEXT,
  user_id          TEXT NOT NULL,
  occurred_at      INTEGER NOT NULL,
  duration_minutes INTEGER,
  lead_id          TEXT,
  deal_id          TEXT,
  task_id          TEXT,
  is_deleted       INTEGER NOT NULL,
  CONSTRAINT activity_snapshots_pk PRIMARY KEY (tenant_id, activity_id, version),
  CONSTRAINT activity_snapshots_activity_id_fk FOREIGN KEY (tenant_id, activity_id) REFERENCES activities (tenant_id, id)
);

-- The last event of each save tells what the record then was, and the first when. Instants in it are text, such as 2026-01-31T09:30:00.123456Z.
CREATE TEMPORARY TABLE record_steps AS
SELECT tenant_id, collection, record_id, version, at, coalesce(lead(at) OVER (PARTITION BY tenant_id, record_id ORDER BY version), 253402214400000000) AS until, told,
  coalesce((SELECT d.type FROM events d WHERE d.tenant_id = s.tenant_id AND d.record_id = s.record_id AND d.version <= s.version AND d.type IN ('lead.deleted', 'lead.restored', 'task.deleted', 'task.restored', 'activity.deleted', 'activity.restored')
    ORDER BY d.version DESC LIMIT 1) LIKE '%.deleted', 0) AS is_deleted,
  coalesce(json_extract(told, '$.convertedAt'), json_extract(told, '$.completedAt'), json_extract(told, '$.occurredAt')) AS done_at, json_extract(told, '$.dueAt') AS due_at
FROM (
  SELECT tenant_id, collection, record_id, version, record AS told,
    min(occurred_at) OVER of_save AS at, row_number() OVER (PARTITION BY tenant_id, record_id, json_extract(record, '$.updatedAt') ORDER BY version DESC) AS from_last
  FROM events WHERE collection IN ('leads', 'tasks', 'activities') AND record_id IS NOT NULL
  WINDOW of_save AS (PARTITION BY tenant_id, record_id, json_extract(record, '$.updatedAt'))) s
WHERE from_last = 1;
UPDATE record_steps SET
  done_at = CAST(strftime('%s', substr(done_at, 1, 19)) AS INTEGER) * 1000000 + CASE WHEN substr(done_at, 20, 1) = '.' THEN CAST(substr(rtrim(substr(done_at, 21), 'Z') || '000000', 1, 6) AS INTEGER) ELSE 0 END,
  due_at = CAST(strftime('%s', substr(due_at, 1, 19)) AS INTEGER) * 1000000 + CASE WHEN substr(due_at, 20, 1) = '.' THEN CAST(substr(rtrim(substr(due_at, 21), 'Z') || '000000', 1, 6) AS INTEGER) ELSE 0 END;

INSERT INTO lead_snapshots
SELECT s.tenant_id, s.record_id, s.version, s.at, s.until, l.created_at, json_extract(told, '$.status'), json_extract(told, '$.source'), json_extract(told, '$.ownerId'), s.done_at, s.is_deleted
FROM record_steps s JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.record_id WHERE s.collection = 'leads';
INSERT INTO task_snapshots
SELECT s.tenant_id, s.record_id, s.version, s.at, s.until, t.created_at, t.created_by, json_extract(told, '$.type'), json_extract(told, '$.assigneeId'), s.due_at, s.done_at,
  upper(json_extract(told, '$.leadId')), upper(json_extract(told, '$.dealId')), s.is_deleted
FROM record_steps s JOIN tasks t ON t.tenant_id = s.tenant_id AND t.id = s.record_id WHERE s.collection = 'tasks';
INSERT INTO activity_snapshots
SELECT s.tenant_id, s.record_id, s.version, s.at, s.until, json_extract(told, '$.type'), json_extract(told, '$.direction'), a.user_id, s.done_at, json_extract(told, '$.durationMinutes'),
  upper(json_extract(told, '$.leadId')), upper(json_extract(told, '$.dealId')), upper(json_extract(told, '$.taskId')), s.is_deleted
FROM record_steps s JOIN activities a ON a.tenant_id = s.tenant_id AND a.id = s.record_id WHERE s.collection = 'activities';
DROP TABLE record_steps;

CREATE TRIGGER deal_snapshots_end AFTER INSERT ON deal_snapshots WHEN NEW.version > 1
BEGIN
  UPDATE deal_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND deal_id = NEW.deal_id AND version < NEW.version AND until > NEW.at;
END;
CREATE TRIGGER lead_snapshots_end AFTER INSERT ON lead_snapshots WHEN NEW.version > 1
BEGIN
  UPDATE lead_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND lead_id = NEW.lead_id AND version < NEW.version AND until > NEW.at;
END;
CREATE TRIGGER task_snapshots_end AFTER INSERT ON task_snapshots WHEN NEW.version > 1
BEGIN
  UPDATE task_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND task_id = NEW.task_id AND version < NEW.version AND until > NEW.at;
END;
CREATE TRIGGER activity_snapshots_end AFTER INSERT ON activity_snapshots WHEN NEW.version > 1
BEGIN
  UPDATE activity_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND activity_id = NEW.activity_id AND version < NEW.version AND until > NEW.at;
END;
