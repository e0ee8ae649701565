-- By which words a record is called; those by which it is searched are there. The default is for instances of the version before, which write none.
ALTER TABLE leads ADD COLUMN search_title TEXT NOT NULL DEFAULT ' ';
ALTER TABLE deals ADD COLUMN search_title TEXT NOT NULL DEFAULT ' ';
ALTER TABLE tasks ADD COLUMN search_title TEXT NOT NULL DEFAULT ' ';
ALTER TABLE activities ADD COLUMN search_title TEXT NOT NULL DEFAULT ' ';
ALTER TABLE customers ADD COLUMN search_title TEXT NOT NULL DEFAULT ' ';
ALTER TABLE customers ADD COLUMN search_text TEXT NOT NULL DEFAULT ' ';
ALTER TABLE tenants ADD COLUMN search_language TEXT NOT NULL DEFAULT 'SIMPLE';

-- The words of what is live, each with a beginning that is of its tenant, kind and zone (t of the title, x of all), so that an entry of the index has
-- records of one tenant only. By the word that begins with id a record is taken out again, by the bare beginning all of a kind are found.
CREATE VIRTUAL TABLE search_index USING fts5(words, tenant_id UNINDEXED, kind UNINDEXED, record_id UNINDEXED, title UNINDEXED, text UNINDEXED, content = '', contentless_delete = 1, contentless_unindexed = 1, detail = none, tokenize = 'ascii');

-- Words, and what is left of each without one of its letters: what one typing error leads to.
CREATE TABLE search_words (
  tenant_id   TEXT NOT NULL,
  variant_key TEXT NOT NULL,
  word_key    TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  CONSTRAINT search_words_pk PRIMARY KEY (tenant_id, variant_key, word_key, record_id),
  CONSTRAINT search_words_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) WITHOUT ROWID;

-- What is there already, as well as SQL can tell; `crm reindex` tells the rest.
UPDATE leads SET
  search_title = replace(' ' || name_key || ' | ' || company_key || ' | @ ' || coalesce(replace(replace(replace(replace(replace(replace(lower(email), '@', ' '), '.', ' '), '-', ' '), '_', ' '), '+', ' '), '''', ' '), '') || phone.words || ' ', '  ', ' '),
  search_text = replace(search_text || '| @ ' || coalesce(replace(replace(replace(replace(replace(replace(lower(email), '@', ' '), '.', ' '), '-', ' '), '_', ' '), '+', ' '), '''', ' '), '') || phone.words || ' ', '  ', ' ')
FROM (
  SELECT tenant_id, id, CASE WHEN length(phone_key) >= 4 THEN ' | ' || phone_key || ' §' || (
    SELECT group_concat(substr(phone_key, -place.value, 1), '' ORDER BY place.value) FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30]') place WHERE place.value <= length(phone_key)) ELSE '' END AS words
  FROM leads) AS phone
WHERE phone.tenant_id = leads.tenant_id AND phone.id = leads.id;
UPDATE deals SET search_title = ' ' || name_key || ' | @ ', search_text = search_text || '| @ ';
UPDATE tasks SET search_title = ' ' || title_key || ' | @ ', search_text = search_text || '| @ ';
UPDATE activities SET search_title = ' ' || replace(replace(replace(replace(replace(replace(lower(subject), '@', ' '), '.', ' '), '-', ' '), '_', ' '), '+', ' '), '''', ' ') || ' | @ ', search_text = search_text || '| @ ';
UPDATE customers SET search_title = l.search_title, search_text = l.search_text FROM leads l WHERE l.tenant_id = customers.tenant_id AND l.id = customers.lead_id;

INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
SELECT lower(substr(tenant_id, -8)) || 'lx ' || lower(substr(tenant_id, -8)) || 'lx' || replace(trim(search_text), ' ', ' ' || lower(substr(tenant_id, -8)) || 'lx') || ' ' || lower(substr(tenant_id, -8)) || 'lt' || replace(trim(search_title), ' ', ' ' || lower(substr(tenant_id, -8)) || 'lt') || ' id' || lower(replace(id, '-', '')), tenant_id, 'l', id, search_title, search_text FROM leads WHERE deleted_at IS NULL;
INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
SELECT lower(substr(tenant_id, -8)) || 'dx ' || lower(substr(tenant_id, -8)) || 'dx' || replace(trim(search_text), ' ', ' ' || lower(substr(tenant_id, -8)) || 'dx') || ' ' || lower(substr(tenant_id, -8)) || 'dt' || replace(trim(search_title), ' ', ' ' || lower(substr(tenant_id, -8)) || 'dt') || ' id' || lower(replace(id, '-', '')), tenant_id, 'd', id, search_title, search_text FROM deals WHERE deleted_at IS NULL;
INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
SELECT lower(substr(tenant_id, -8)) || 'tx ' || lower(substr(tenant_id, -8)) || 'tx' || replace(trim(search_text), ' ', ' ' || lower(substr(tenant_id, -8)) || 'tx') || ' ' || lower(substr(tenant_id, -8)) || 'tt' || replace(trim(search_title), ' ', ' ' || lower(substr(tenant_id, -8)) || 'tt') || ' id' || lower(replace(id, '-', '')), tenant_id, 't', id, search_title, search_text FROM tasks WHERE deleted_at IS NULL;
INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
SELECT lower(substr(tenant_id, -8)) || 'ax ' || lower(substr(tenant_id, -8)) || 'ax' || replace(trim(search_text), ' ', ' ' || lower(substr(tenant_id, -8)) || 'ax') || ' ' || lower(substr(tenant_id, -8)) || 'at' || replace(trim(search_title), ' ', ' ' || lower(substr(tenant_id, -8)) || 'at') || ' id' || lower(replace(id, '-', '')), tenant_id, 'a', id, search_title, search_text FROM activities WHERE deleted_at IS NULL;
INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
SELECT lower(substr(tenant_id, -8)) || 'cx ' || lower(substr(tenant_id, -8)) || 'cx' || replace(trim(search_text), ' ', ' ' || lower(substr(tenant_id, -8)) || 'cx') || ' ' || lower(substr(tenant_id, -8)) || 'ct' || replace(trim(search_title), ' ', ' ' || lower(substr(tenant_id, -8)) || 'ct') || ' id' || lower(replace(id, '-', '')), tenant_id, 'c', id, search_title, search_text FROM customers;
INSERT INTO search_words (tenant_id, variant_key, word_key, record_id)
SELECT DISTINCT known.tenant_id, substr(known.word, 1, place.value - 1) || substr(known.word, place.value + 1), known.word, known.record_id
FROM (
  SELECT e.tenant_id, part.value AS word, min(e.record_id) AS record_id
  FROM search_index e, json_each('["' || replace(trim(substr(e.text, 1, instr(e.text || ' @ ', ' @ '))), ' ', '","') || '"]') part
  WHERE length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*'
  GROUP BY e.tenant_id, part.value) known
JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(known.word) + 1;

-- From now on the index is written with the record.
CREATE TRIGGER leads_found AFTER INSERT ON leads WHEN NEW.deleted_at IS NULL
BEGIN
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || 'lx ' || lower(substr(NEW.tenant_id, -8)) || 'lx' || replace(trim(NEW.search_text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'lx') || ' ' || lower(substr(NEW.tenant_id, -8)) || 'lt' || replace(trim(NEW.search_title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'lt') || ' id' || lower(replace(NEW.id, '-', '')), NEW.tenant_id, 'l', NEW.id, NEW.search_title, NEW.search_text WHERE NEW.deleted_at IS NULL;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.search_text, 1, instr(NEW.search_text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE NEW.deleted_at IS NULL AND length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;
CREATE TRIGGER leads_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON leads WHEN (OLD.search_title, OLD.search_text) IS NOT (NEW.search_title, NEW.search_text) OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
BEGIN
  DELETE FROM search_index WHERE rowid IN (SELECT rowid FROM search_index WHERE search_index MATCH 'id' || lower(replace(OLD.id, '-', '')) AND tenant_id = OLD.tenant_id AND kind = 'l');
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || 'lx ' || lower(substr(NEW.tenant_id, -8)) || 'lx' || replace(trim(NEW.search_text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'lx') || ' ' || lower(substr(NEW.tenant_id, -8)) || 'lt' || replace(trim(NEW.search_title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'lt') || ' id' || lower(replace(NEW.id, '-', '')), NEW.tenant_id, 'l', NEW.id, NEW.search_title, NEW.search_text WHERE NEW.deleted_at IS NULL;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.search_text, 1, instr(NEW.search_text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE NEW.deleted_at IS NULL AND length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;
CREATE TRIGGER deals_found AFTER INSERT ON deals WHEN NEW.deleted_at IS NULL
BEGIN
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || 'dx ' || lower(substr(NEW.tenant_id, -8)) || 'dx' || replace(trim(NEW.search_text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'dx') || ' ' || lower(substr(NEW.tenant_id, -8)) || 'dt' || replace(trim(NEW.search_title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'dt') || ' id' || lower(replace(NEW.id, '-', '')), NEW.tenant_id, 'd', NEW.id, NEW.search_title, NEW.search_text WHERE NEW.deleted_at IS NULL;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.search_text, 1, instr(NEW.search_text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE NEW.deleted_at IS NULL AND length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;
CREATE TRIGGER deals_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON deals WHEN (OLD.search_title, OLD.search_text) IS NOT (NEW.search_title, NEW.search_text) OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
BEGIN
  DELETE FROM search_index WHERE rowid IN (SELECT rowid FROM search_index WHERE search_index MATCH 'id' || lower(replace(OLD.id, '-', '')) AND tenant_id = OLD.tenant_id AND kind = 'd');
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || 'dx ' || lower(substr(NEW.tenant_id, -8)) || 'dx' || replace(trim(NEW.search_text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'dx') || ' ' || lower(substr(NEW.tenant_id, -8)) || 'dt' || replace(trim(NEW.search_title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'dt') || ' id' || lower(replace(NEW.id, '-', '')), NEW.tenant_id, 'd', NEW.id, NEW.search_title, NEW.search_text WHERE NEW.deleted_at IS NULL;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.search_text, 1, instr(NEW.search_text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE NEW.deleted_at IS NULL AND length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;
CREATE TRIGGER tasks_found AFTER INSERT ON tasks WHEN NEW.deleted_at IS NULL
BEGIN
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || 'tx ' || lower(substr(NEW.tenant_id, -8)) || 'tx' || replace(trim(NEW.search_text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'tx') || ' ' || lower(substr(NEW.tenant_id, -8)) || 'tt' || replace(trim(NEW.search_title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'tt') || ' id' || lower(replace(NEW.id, '-', '')), NEW.tenant_id, 't', NEW.id, NEW.search_title, NEW.search_text WHERE NEW.deleted_at IS NULL;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.search_text, 1, instr(NEW.search_text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE NEW.deleted_at IS NULL AND length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;
CREATE TRIGGER tasks_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON tasks WHEN (OLD.search_title, OLD.search_text) IS NOT (NEW.search_title, NEW.search_text) OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
BEGIN
  DELETE FROM search_index WHERE rowid IN (SELECT rowid FROM search_index WHERE search_index MATCH 'id' || lower(replace(OLD.id, '-', '')) AND tenant_id = OLD.tenant_id AND kind = 't');
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || 'tx ' || lower(substr(NEW.tenant_id, -8)) || 'tx' || replace(trim(NEW.search_text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'tx') || ' ' || lower(substr(NEW.tenant_id, -8)) || 'tt' || replace(trim(NEW.search_title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'tt') || ' id' || lower(replace(NEW.id, '-', '')), NEW.tenant_id, 't', NEW.id, NEW.search_title, NEW.search_text WHERE NEW.deleted_at IS NULL;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.search_text, 1, instr(NEW.search_text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE NEW.deleted_at IS NULL AND length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;
CREATE TRIGGER activities_found AFTER INSERT ON activities WHEN NEW.deleted_at IS NULL
BEGIN
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || 'ax ' || lower(substr(NEW.tenant_id, -8)) || 'ax' || replace(trim(NEW.search_text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'ax') || ' ' || lower(substr(NEW.tenant_id, -8)) || 'at' || replace(trim(NEW.search_title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'at') || ' id' || lower(replace(NEW.id, '-', '')), NEW.tenant_id, 'a', NEW.id, NEW.search_title, NEW.search_text WHERE NEW.deleted_at IS NULL;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.search_text, 1, instr(NEW.search_text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE NEW.deleted_at IS NULL AND length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;
CREATE TRIGGER activities_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON activities WHEN (OLD.search_title, OLD.search_text) IS NOT (NEW.search_title, NEW.search_text) OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
BEGIN
  DELETE FROM search_index WHERE rowid IN (SELECT rowid FROM search_index WHERE search_index MATCH 'id' || lower(replace(OLD.id, '-', '')) AND tenant_id = OLD.tenant_id AND kind = 'a');
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || 'ax ' || lower(substr(NEW.tenant_id, -8)) || 'ax' || replace(trim(NEW.search_text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'ax') || ' ' || lower(substr(NEW.tenant_id, -8)) || 'at' || replace(trim(NEW.search_title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'at') || ' id' || lower(replace(NEW.id, '-', '')), NEW.tenant_id, 'a', NEW.id, NEW.search_title, NEW.search_text WHERE NEW.deleted_at IS NULL;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.search_text, 1, instr(NEW.search_text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE NEW.deleted_at IS NULL AND length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;
CREATE TRIGGER customers_found AFTER INSERT ON customers
BEGIN
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || 'cx ' || lower(substr(NEW.tenant_id, -8)) || 'cx' || replace(trim(NEW.search_text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'cx') || ' ' || lower(substr(NEW.tenant_id, -8)) || 'ct' || replace(trim(NEW.search_title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'ct') || ' id' || lower(replace(NEW.id, '-', '')), NEW.tenant_id, 'c', NEW.id, NEW.search_title, NEW.search_text;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.search_text, 1, instr(NEW.search_text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;
CREATE TRIGGER customers_found_anew AFTER UPDATE OF search_title, search_text ON customers WHEN (OLD.search_title, OLD.search_text) IS NOT (NEW.search_title, NEW.search_text)
BEGIN
  DELETE FROM search_index WHERE rowid IN (SELECT rowid FROM search_index WHERE search_index MATCH 'id' || lower(replace(OLD.id, '-', '')) AND tenant_id = OLD.tenant_id AND kind = 'c');
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || 'cx ' || lower(substr(NEW.tenant_id, -8)) || 'cx' || replace(trim(NEW.search_text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'cx') || ' ' || lower(substr(NEW.tenant_id, -8)) || 'ct' || replace(trim(NEW.search_title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || 'ct') || ' id' || lower(replace(NEW.id, '-', '')), NEW.tenant_id, 'c', NEW.id, NEW.search_title, NEW.search_text;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.search_text, 1, instr(NEW.search_text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;
