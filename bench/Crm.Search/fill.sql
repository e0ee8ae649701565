-- Fills a migrated database with leads and the index of their words: as many as the setting bench.leads says, in 200 tenants over two years up to now. The first tenant has
-- 30 % of them, the second 0.5 %, the others share the rest. Of a thousand leads one is of Zyxquartz Mining, half of a GmbH, and all are interested in something.
SET LOCAL session_replication_role = replica; -- no trigger: the index is written at once
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '512MB';
SET LOCAL max_parallel_workers_per_gather = 0; -- random() is drawn in one order
SELECT setseed(0.42);
CREATE SCHEMA bench;

-- A word that can be said, of a number: three syllables of twenty.
CREATE FUNCTION bench.word(n integer) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT string_agg((ARRAY['ba','del','fin','gor','hal','jun','kap','lem','mir','nov','pel','quo','ras','sel','tor','ul','ven','wen','yor','zan'])[1 + n / (20 ^ i)::integer % 20], '' ORDER BY i) FROM generate_series(0, 2) AS i $$;

CREATE TABLE bench.words AS SELECT n, bench.word(n) AS word FROM generate_series(0, 7999) AS n;
CREATE TABLE bench.tenants AS
SELECT no, ('00000000-0000-7000-8000-' || lpad(no::text, 12, '0'))::uuid AS tenant_id, date_trunc('day', now()) - interval '3 years' AS created_at FROM generate_series(1, 200) AS no;
INSERT INTO tenants (tenant_id, name, time_zone, currency, visibility, created_at, updated_at, version)
SELECT tenant_id, 'Tenant ' || no, 'Europe/Berlin', 'EUR', 'ALL', created_at, created_at, 1 FROM bench.tenants;
INSERT INTO members (tenant_id, user_id, name, role, name_key, created_at, updated_at, version, active)
SELECT tenant_id, 'user-0', 'User 0', 'ADMIN', 'user 0', created_at, created_at, 1, true FROM bench.tenants;

-- Few names are borne by many, many by few.
CREATE UNLOGGED TABLE bench.leads AS
SELECT drawn.n, tenant_id, (lpad(to_hex((extract(epoch FROM made) * 1000)::bigint), 12, '0') || '7' || substr(md5('lead ' || drawn.n), 1, 3) || '8' || substr(md5('lead ' || drawn.n), 4, 15))::uuid AS id, made,
  f.word AS first, l.word AS last, CASE WHEN drawn.n % 1000 = 7 THEN 'zyxquartz' ELSE c.word END AS company, CASE WHEN drawn.n % 1000 = 7 THEN 'mining' ELSE t.word END AS trade, (ARRAY['gmbh','gmbh','ag','ltd'])[1 + drawn.n % 4] AS form,
  '4930' || lpad((drawn.n % 10000000)::text, 7, '0') AS phone, d.word AS topic, e.word AS place
FROM (
  SELECT n, now() - random() * interval '730 days' AS made, CASE WHEN n <= 0.3 * total THEN 1 WHEN n <= 0.305 * total THEN 2 ELSE 3 + n % 198 END AS no,
    floor(random() ^ 2 * 300)::integer AS first, 300 + floor(random() ^ 2 * 3000)::integer AS last, 1000 + floor(random() * 6000)::integer AS company, floor(random() * 60)::integer * 7 AS trade,
    floor(random() ^ 2 * 2000)::integer + 5000 AS topic, floor(random() ^ 2 * 500)::integer + 7400 AS place
  FROM (SELECT current_setting('bench.leads')::integer AS total) AS given, generate_series(1, total) AS n) AS drawn
JOIN bench.tenants USING (no)
JOIN bench.words f ON f.n = first JOIN bench.words l ON l.n = last JOIN bench.words c ON c.n = company JOIN bench.words t ON t.n = trade JOIN bench.words d ON d.n = topic JOIN bench.words e ON e.n = place;

INSERT INTO leads (tenant_id, id, first_name, last_name, email, phone, company_name, description, status, source, currency, tags, name_key, company_key, email_key, phone_key, value_order, score_order,
  search_title, search_text, created_at, created_by, updated_at, updated_by, version)
SELECT tenant_id, id, initcap(first), initcap(last), mail, '+' || phone, initcap(company || ' ' || trade) || ' ' || form, note, 'NEW', 'WEBSITE', 'EUR', '{}', last || ' ' || first, company || ' ' || trade || ' ' || form, mail, phone, -1, -1,
  ' ' || called || ' | @ ' || reached || ' ', ' ' || called || ' | ' || lower(note) || ' | @ ' || reached || ' ', made, 'user-0', made, 'user-0', 1
FROM (
  SELECT *, first || '.' || last || '@' || company || '-' || trade || '.example' AS mail, 'Interested in ' || topic || ' from ' || place AS note, first || ' ' || last || ' | ' || company || ' ' || trade || ' ' || form AS called,
    first || ' ' || last || ' ' || company || ' ' || trade || ' example | ' || phone || ' ' || substr(phone, 3) || ' §' || reverse(phone) AS reached
  FROM bench.leads) AS written
ORDER BY made;

-- The index in one piece, which is quicker than word by word.
CREATE TABLE bench.index AS SELECT pg_get_indexdef('search_documents_by_words'::regclass) AS definition;
DROP INDEX search_documents_by_words;
INSERT INTO search_documents (tenant_id, kind, record_id, title, words) SELECT tenant_id, 'l', id, search_title, search_text FROM leads ORDER BY created_at;
DO $$ BEGIN EXECUTE (SELECT definition FROM bench.index); END $$;
INSERT INTO search_words (tenant_id, variant_key, word_key, record_id)
SELECT tenant_id, variant.key, word, '00000000-0000-7000-8000-000000000000'
FROM (SELECT DISTINCT tenant_id, unnest(string_to_array(split_part(search_text, ' @ ', 1), ' ')) AS word FROM leads) AS known
CROSS JOIN LATERAL (SELECT word AS key UNION SELECT left(word, i - 1) || substr(word, i + 1) FROM generate_series(1, length(word)) i) variant
WHERE length(word) BETWEEN 4 AND 24 AND word !~ '[0-9]';
DROP SCHEMA bench CASCADE;
