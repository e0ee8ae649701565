-- Fills a migrated database with deals and their history: as many as the setting bench.deals says, in 200 tenants, over two years up to now. The first tenant
-- has 30 % of them, the second 0.5 %, the others share the rest. It is staged in a schema of its own, and then written in the order of time, as the service would have.
SET LOCAL session_replication_role = replica; -- no trigger: each row comes with its end, and with what it refers to
SET LOCAL work_mem = '256MB';
SET LOCAL max_parallel_workers_per_gather = 0; -- random() is drawn in one order
SELECT setseed(0.42);
CREATE SCHEMA bench;

CREATE FUNCTION bench.micros(timestamptz) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT (extract(epoch FROM $1) * 1000000)::bigint';

-- The 62 bits of chance in a UUID of version 7 come from a name.
CREATE FUNCTION bench.id(timestamptz, text) RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT (lpad(to_hex((extract(epoch FROM $1) * 1000)::bigint), 12, '0') || '7' || substr(md5($2), 1, 3) || '8' || substr(md5($2), 4, 15))::uuid $$;

CREATE TABLE bench.tenants AS
SELECT no, ('00000000-0000-7000-8000-' || lpad(no::text, 12, '0'))::uuid AS tenant_id, ('00000000-0000-7000-9000-' || lpad(no::text, 12, '0'))::uuid AS pipeline_id,
  no <= 2 OR no % 5 = 0 AS has_dollars, date_trunc('day', now()) - interval '3 years' AS created_at
FROM generate_series(1, 200) AS no;

-- The default pipeline.
CREATE TABLE bench.stages (key text, name text, position integer, probability integer, kind text, rotting_days integer);
INSERT INTO bench.stages VALUES
  ('LEAD', 'Lead', 0, 10, 'OPEN', 30), ('QUALIFIED', 'Qualified', 1, 25, 'OPEN', 30), ('PROPOSAL', 'Proposal', 2, 50, 'OPEN', 21), ('NEGOTIATION', 'Negotiation', 3, 75, 'OPEN', 14),
  ('CLOSED_WON', 'Won', 4, 100, 'WON', NULL), ('CLOSED_LOST', 'Lost', 5, 0, 'LOST', NULL);

INSERT INTO tenants (tenant_id, name, time_zone, currency, visibility, created_at, updated_at, version)
SELECT tenant_id, 'Tenant ' || no, 'Europe/Berlin', 'EUR', 'OWN', created_at, created_at, 1 FROM bench.tenants;
INSERT INTO members (tenant_id, user_id, name, role, name_key, created_at, updated_at, version, active)
SELECT tenant_id, 'user-' || u, 'User ' || u, CASE WHEN u = 0 THEN 'ADMIN' WHEN u < 4 THEN 'MANAGER' ELSE 'REP' END, 'user ' || u, created_at, created_at, 1, true
FROM bench.tenants, generate_series(0, 39) AS u;
INSERT INTO pipelines (tenant_id, id, name, is_default, created_at, updated_at, version, name_key)
SELECT tenant_id, pipeline_id, 'Sales', true, created_at, created_at, 1, 'sales' FROM bench.tenants;
INSERT INTO stages (tenant_id, pipeline_id, key, name, position, probability, kind, rotting_days)
SELECT tenant_id, pipeline_id, key, name, position, probability, kind, rotting_days FROM bench.tenants, bench.stages;
INSERT INTO stage_snapshots (tenant_id, pipeline_id, version, key, at, until, position, probability, kind, rotting_days, is_retired, is_default)
SELECT tenant_id, pipeline_id, 1, key, bench.micros(created_at), 253402214400000000, position, probability, kind, rotting_days, false, true FROM bench.tenants, bench.stages;

-- The ways that deals go, stay by stay; some return to a stage, some are lost first and won in the end.
CREATE TABLE bench.ways AS
SELECT opens, ending, ordinal - 1 AS ordinal, cardinality(stages) AS stays, key AS stage, kind,
  (SELECT string_agg(DISTINCT v COLLATE "C", ',' ORDER BY v COLLATE "C") FROM unnest(stages[1:ordinal]) AS v) AS visited, key = ANY (stages[1:ordinal - 1]) AS is_return
FROM (
  SELECT opens, ending, (ARRAY['LEAD', 'QUALIFIED', 'PROPOSAL', 'NEGOTIATION', 'PROPOSAL', 'NEGOTIATION'])[1:opens] || closing AS stages
  FROM generate_series(1, 6) AS opens,
    (VALUES ('open', '{}'::text[]), ('won', '{CLOSED_WON}'), ('lost', '{CLOSED_LOST}'), ('regained', '{CLOSED_LOST,NEGOTIATION,CLOSED_WON}')) AS endings (ending, closing)) AS way
CROSS JOIN LATERAL generate_series(1, cardinality(stages)) AS ordinal JOIN bench.stages ON key = stages[ordinal];

CREATE UNLOGGED TABLE bench.deals AS
SELECT n, bench.id(made, 'deal ' || n) AS id, tenant_id, pipeline_id, made AS created_at, (20 + 180 * random()) * interval '1 day' AS length, 1 + floor(random() * 6)::integer AS opens,
  CASE WHEN fate < 0.275 THEN 'won' WHEN fate < 0.285 THEN 'regained' WHEN fate < 0.795 THEN 'lost' ELSE 'open' END AS ending,
  CASE WHEN n % 2 = 0 THEN made - random() * interval '30 days' END AS lead_created_at,
  (random() ^ 3 * 20000000)::bigint * 100 AS value, has_dollars, has_dollars AND random() < 0.06 AS in_dollars, floor(random() * 40)::integer AS owner,
  CASE WHEN random() < 0.1 THEN 35 END AS probability, (made + (30 + random() * 180) * interval '1 day')::date AS due
FROM (
  SELECT n, now() - random() * interval '730 days' AS made, random() AS fate,
    CASE WHEN n <= 0.3 * total THEN 1 WHEN n <= 0.305 * total THEN 2 ELSE 3 + n % 198 END AS no
  FROM (SELECT current_setting('bench.deals')::integer AS total) AS given, generate_series(1, total) AS n) AS drawn
JOIN bench.tenants USING (no)
ORDER BY n;
ALTER TABLE bench.deals ADD COLUMN lead_id uuid;
UPDATE bench.deals SET lead_id = bench.id(lead_created_at, 'lead ' || n) WHERE lead_created_at IS NOT NULL;
ANALYZE bench.deals, bench.ways;

-- What was done to each, up to now: it came into a stage, changed, or was deleted.
CREATE UNLOGGED TABLE bench.steps AS
SELECT n, what, ordinal, at FROM (
  SELECT n, 'stay' AS what, ordinal, created_at + length * ((ordinal + CASE WHEN ordinal > 0 THEN 0.6 * random() ELSE 0 END) / stays) AS at
  FROM bench.deals JOIN bench.ways USING (opens, ending)
  UNION ALL
  SELECT n, (ARRAY['value', 'due', 'owner', 'currency'])[1 + width_bucket(random(), ARRAY[0.6, 0.8, 0.95])], ordinal, created_at + length * ((ordinal + 0.7 + 0.2 * random()) / stays)
  FROM bench.deals JOIN bench.ways USING (opens, ending) WHERE random() < CASE kind WHEN 'OPEN' THEN 0.3 ELSE 0.02 END
  UNION ALL
  SELECT n, 'deletion', NULL, created_at + length * 1.05 FROM bench.deals WHERE random() < 0.01) AS step
WHERE at <= now();

CREATE UNLOGGED TABLE bench.stays AS
SELECT n, ordinal, stage, at AS entered_at, left_at,
  coalesce(sum(bench.micros(left_at) - bench.micros(at)) OVER (PARTITION BY n, stage ORDER BY ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS before,
  lag(left_at) OVER (PARTITION BY n, stage ORDER BY ordinal) AS left_before_at
FROM (SELECT n, ordinal, at, lead(at) OVER (PARTITION BY n ORDER BY ordinal) AS left_at FROM bench.steps WHERE what = 'stay') AS stay
JOIN bench.deals USING (n) JOIN bench.ways USING (opens, ending, ordinal);
ANALYZE bench.steps, bench.stays;

-- What the deal then was. Which value, owner, day and currency, the number of their changes says.
CREATE UNLOGGED TABLE bench.history AS
SELECT n, tenant_id, id, pipeline_id, created_at, lead_id, what, at, until, step.ordinal, version, probability, what = 'deletion' AS is_deleted, what <> 'deletion' AND kind = 'OPEN' AS is_open,
  stage, kind, visited, entered_at, CASE WHEN kind <> 'OPEN' THEN entered_at END AS closed_at,
  CASE WHEN kind = 'LOST' THEN (ARRAY['price', 'competitor', 'no budget', 'timing', 'no answer'])[1 + n % 5] END AS lost_reason,
  CASE WHEN is_return THEN before END AS stayed_before,
  CASE WHEN value_changes > 0 OR n % 20 <> 0 THEN value * (70 + (n * 7 + value_changes * 37) % 61) / 100 END AS value,
  CASE WHEN has_dollars AND in_dollars <> (currency_changes % 2 = 1) THEN 'USD' ELSE 'EUR' END AS currency,
  CASE WHEN owner_changes > 0 OR n % 33 <> 0 THEN 'user-' || (owner + owner_changes * 11) % 40 END AS owner_id,
  CASE WHEN due_changes > 0 OR n % 10 <> 0 THEN due + 30 * due_changes::integer END AS expected_close_date
FROM (
  SELECT n, what, at, lead(at) OVER of_deal AS until, max(ordinal) OVER of_deal AS ordinal, row_number() OVER of_deal + count(*) FILTER (WHERE what = 'stay' AND kind <> 'OPEN') OVER of_deal AS version,
    count(*) FILTER (WHERE what IN ('value', 'currency')) OVER of_deal AS value_changes, count(*) FILTER (WHERE what = 'currency') OVER of_deal AS currency_changes,
    count(*) FILTER (WHERE what = 'owner') OVER of_deal AS owner_changes, count(*) FILTER (WHERE what = 'due') OVER of_deal AS due_changes
  FROM bench.steps JOIN bench.deals USING (n) LEFT JOIN bench.ways USING (opens, ending, ordinal)
  WINDOW of_deal AS (PARTITION BY n ORDER BY at)) AS step
JOIN bench.deals USING (n) JOIN bench.ways AS way USING (opens, ending, ordinal) JOIN bench.stays USING (n, ordinal, stage);
ANALYZE bench.history;

INSERT INTO leads (
  tenant_id, id, last_name, company_name, status, source, currency, owner_id, tags, name_key, company_key, value_order, score_order, search_text, created_at, created_by, updated_at, updated_by, version)
SELECT tenant_id, lead_id, 'Lead ' || n, 'Company ' || n % 5000, CASE WHEN n % 10 < 6 THEN 'QUALIFIED' ELSE 'NEW' END,
  (ARRAY['WEBSITE', 'SOCIAL', 'EMAIL', 'PHONE', 'REFERRAL', 'EVENT', 'ADVERTISING', 'PARTNER', 'OTHER'])[1 + n % 9], 'EUR', 'user-' || owner, '{}', 'lead ' || n, 'company ' || n % 5000, -10000, -1,
  ' lead ' || n || ' company ' || n % 5000 || ' ', lead_created_at, 'user-0', CASE WHEN n % 10 < 6 THEN lead_created_at + (created_at - lead_created_at) / 2 ELSE lead_created_at END, 'user-0', CASE WHEN n % 10 < 6 THEN 2 ELSE 1 END
FROM bench.deals WHERE lead_id IS NOT NULL ORDER BY bench.deals.lead_created_at;
INSERT INTO lead_stays (tenant_id, lead_id, ordinal, status, entered_at, entered_by, left_at)
SELECT tenant_id, id, ordinal, CASE WHEN ordinal = 0 THEN 'NEW' ELSE status END, CASE WHEN ordinal = 0 THEN created_at ELSE updated_at END, 'user-0', CASE WHEN ordinal < version - 1 THEN updated_at END
FROM leads CROSS JOIN LATERAL generate_series(0, version - 1) AS ordinal;
INSERT INTO lead_snapshots (tenant_id, lead_id, version, at, until, created_at, status, source, owner_id, is_deleted)
SELECT stay.tenant_id, lead_id, ordinal + 1, bench.micros(entered_at), coalesce(bench.micros(left_at), 253402214400000000), bench.micros(created_at), stay.status, source, owner_id, false
FROM lead_stays AS stay JOIN leads AS lead ON lead.tenant_id = stay.tenant_id AND lead.id = stay.lead_id
ORDER BY entered_at;

INSERT INTO deals (
  tenant_id, id, name, lead_id, pipeline_id, stage, stage_entered_at, value, currency, probability, expected_close_date, owner_id, tags, closed_at, lost_reason,
  name_key, value_order, expected_close_order, closed_order, search_text, created_at, created_by, updated_at, updated_by, version, deleted_at, deletion_id, alarm_at, rotting_told, visited, stayed_before)
SELECT tenant_id, id, 'Deal ' || n, lead_id, pipeline_id, stage, entered_at, value, currency, h.probability, expected_close_date, owner_id, '{}', closed_at, lost_reason,
  'deal ' || n, coalesce(value, -10000), coalesce(expected_close_date, '9999-12-31'), coalesce(closed_at, '9999-12-31 00:00Z'), ' deal ' || n || ' ', created_at, 'user-0', at, 'user-0', version,
  CASE WHEN is_deleted THEN at END, CASE WHEN is_deleted THEN bench.id(at, 'deletion ' || n) END,
  CASE WHEN is_open AND rots_at >= now() THEN rots_at END, CASE WHEN is_open AND rots_at < now() THEN entered_at END, visited, stayed_before
FROM (SELECT h.*, entered_at + rotting_days * interval '1 day' AS rots_at FROM bench.history AS h JOIN bench.stages ON key = stage WHERE until IS NULL) AS h
ORDER BY created_at;
INSERT INTO deal_stays (tenant_id, deal_id, ordinal, pipeline_id, stage, entered_at, entered_by, left_at, before)
SELECT tenant_id, id, ordinal, pipeline_id, stage, entered_at, 'user-0', left_at, before FROM bench.stays JOIN bench.deals USING (n) ORDER BY entered_at;

INSERT INTO deal_snapshots (
  tenant_id, deal_id, version, at, until, actor, created_at, pipeline_id, stage, kind, stage_entered_at, closed_at, lost_reason, value, currency, probability, expected_close_date, owner_id, lead_id, is_deleted,
  visited, stayed_before, left_pipeline_id, left_stage, left_entered_at, left_total, left_before, left_before_at, movement, value_before, currency_before, revalued)
SELECT tenant_id, id, version, bench.micros(at), coalesce(bench.micros(until), 253402214400000000), 'user-0', bench.micros(created_at), pipeline_id, h.stage, kind, bench.micros(h.entered_at), bench.micros(closed_at), lost_reason,
  value, currency, probability, expected_close_date, owner_id, lead_id, is_deleted,
  visited, stayed_before, CASE WHEN gone.n IS NOT NULL THEN pipeline_id END, gone.stage, bench.micros(gone.entered_at), gone.before + bench.micros(gone.left_at) - bench.micros(gone.entered_at), CASE WHEN gone.left_before_at IS NOT NULL THEN gone.before END, bench.micros(gone.left_before_at),
  CASE
    WHEN NOT was_open AND is_open THEN CASE WHEN is_first THEN 'CREATED' ELSE 'REOPENED' END
    WHEN was_open AND NOT is_open THEN CASE WHEN is_deleted THEN 'DELETED' ELSE kind END
    WHEN was_open AND is_open AND (coalesce(value, 0) <> coalesce(value_before, 0) OR currency <> currency_before) THEN 'CHANGED' END,
  CASE WHEN was_open THEN coalesce(value_before, 0) END, CASE WHEN was_open THEN currency_before END,
  was_open AND (coalesce(value, 0) <> coalesce(value_before, 0) OR currency <> currency_before)
FROM (
  SELECT *, lag(n) OVER of_deal IS NULL AS is_first, coalesce(lag(is_open) OVER of_deal, false) AS was_open, lag(value) OVER of_deal AS value_before, lag(currency) OVER of_deal AS currency_before
  FROM bench.history WINDOW of_deal AS (PARTITION BY n ORDER BY version)) AS h
LEFT JOIN bench.stays AS gone ON what = 'stay' AND gone.n = h.n AND gone.ordinal = h.ordinal - 1
ORDER BY at;

-- Of events, reports look at when the last was and which of them changed settings: those of new deals do.
INSERT INTO events (tenant_id, id, type, collection, record_id, version, actor, occurred_at, changes, record)
SELECT tenant_id, bench.id(d.created_at, 'event ' || n), 'deal.created', 'deals', id, 1, 'user-0', d.created_at, '{}', '{}' FROM bench.deals AS d JOIN bench.tenants USING (tenant_id) WHERE no <= 2 ORDER BY d.created_at;

DROP SCHEMA bench CASCADE;
