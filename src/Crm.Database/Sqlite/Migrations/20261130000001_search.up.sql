-- By which words a record is called; those by which it is searched are there. The default is for instances of the version before, which write none.
ALTER TABLE leads ADD COLUMN search_title TEXT NOT NULL DEFAULT ' ';
ALTER TABLE deals ADD COLUMN search_title TEXT NOT NULL DEFAULT ' ';
ALTER TABLE tasks ADD COLUMN search_title TEXT NOT NULL DEFAULT ' ';
ALTER TABLE activities ADD COLUMN search_title TEXT NOT NULL DEFAULT ' ';
ALTER TABLE customers ADD COLUMN search_title TEXT NOT NULL DEFAULT ' ';
ALTER TABLE customers ADD COLUMN search_text TEXT NOT NULL DEFAULT ' ';
ALTER TABLE tenants ADD COLUMN search_language TEXT NOT NULL DEFAULT 'SIMPLE';

-- The words of what is live, each with a beginning that is of its tenant, kind and zone (t of the title, x of all), so that an entry of the index has
-- records of one tenant only; what is one or two letters longer than that is indexed by itself. By the word that begins with id a record is taken out
-- again, by the bare beginning all of a kind are found.
CREATE VIRTUAL TABLE search_index USING fts5(words, tenant_id UNINDEXED, kind UNINDEXED, record_id UNINDEXED, title UNINDEXED, text UNINDEXED, content = '', contentless_delete = 1, contentless_unindexed = 1, detail = none, tokenize = 'ascii', prefix = '11 12');

-- Words, and what is left of each without one of its letters: what one typing error leads to.
CREATE TABLE search_words (
  tenant_id   TEXT NOT NULL,
  variant_key TEXT NOT NULL,
  word_key    TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  CONSTRAINT search_words_pk PRIMARY KEY (tenant_id, variant_key, word_key, record_id),
  CONSTRAINT search_words_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) WITHOUT ROWID;

-- What writes the index, in one place: SQLite has no functions, but rows put into a view can do something else instead. It takes the record out, where
-- it may be in it, and puts it in, where it is live; and it learns the first hundred words that are new.
CREATE VIEW search_writes (tenant_id, kind, record_id, title, text, is_change, is_live) AS SELECT '', '', '', '', '', 0, 0 WHERE 0;
CREATE TRIGGER search_writes_done INSTEAD OF INSERT ON search_writes
BEGIN
  DELETE FROM search_index WHERE NEW.is_change AND rowid IN (SELECT rowid FROM search_index WHERE search_index MATCH 'id' || lower(replace(NEW.record_id, '-', '')) AND tenant_id = NEW.tenant_id AND kind = NEW.kind);
  INSERT INTO search_index (words, tenant_id, kind, record_id, title, text)
  SELECT lower(substr(NEW.tenant_id, -8)) || NEW.kind || 'x ' || lower(substr(NEW.tenant_id, -8)) || NEW.kind || 'x' || replace(trim(NEW.text), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || NEW.kind || 'x') || ' ' ||
    lower(substr(NEW.tenant_id, -8)) || NEW.kind || 't' || replace(trim(NEW.title), ' ', ' ' || lower(substr(NEW.tenant_id, -8)) || NEW.kind || 't') || ' id' || lower(replace(NEW.record_id, '-', '')), NEW.tenant_id, NEW.kind, NEW.record_id, NEW.title, NEW.text
  WHERE NEW.is_live;
  INSERT OR IGNORE INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT NEW.tenant_id, substr(fresh.word, 1, place.value - 1) || substr(fresh.word, place.value + 1), fresh.word, NEW.record_id
  FROM (
    SELECT part.value AS word FROM json_each('["' || replace(trim(substr(NEW.text, 1, instr(NEW.text || ' @ ', ' @ '))), ' ', '","') || '"]') part
    WHERE NEW.is_live AND length(part.value) BETWEEN 4 AND 24 AND part.value NOT GLOB '*[0-9]*' AND NOT EXISTS (SELECT 1 FROM search_words w WHERE w.tenant_id = NEW.tenant_id AND w.variant_key = part.value AND w.word_key = part.value)
    GROUP BY part.value ORDER BY min(part.key) LIMIT 100) fresh
  JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]') place ON place.value <= length(fresh.word) + 1;
END;

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
INSERT INTO search_writes SELECT tenant_id, 'l', id, search_title, search_text, 0, 1 FROM leads WHERE deleted_at IS NULL;
INSERT INTO search_writes SELECT tenant_id, 'd', id, search_title, search_text, 0, 1 FROM deals WHERE deleted_at IS NULL;
INSERT INTO search_writes SELECT tenant_id, 't', id, search_title, search_text, 0, 1 FROM tasks WHERE deleted_at IS NULL;
INSERT INTO search_writes SELECT tenant_id, 'a', id, search_title, search_text, 0, 1 FROM activities WHERE deleted_at IS NULL;
INSERT INTO search_writes SELECT tenant_id, 'c', id, search_title, search_text, 0, 1 FROM customers;

-- From now on the index is written with the record.
CREATE TRIGGER leads_found AFTER INSERT ON leads
BEGIN
  INSERT INTO search_writes VALUES (NEW.tenant_id, 'l', NEW.id, NEW.search_title, NEW.search_text, 0, NEW.deleted_at IS NULL);
END;
CREATE TRIGGER leads_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON leads WHEN (OLD.search_title, OLD.search_text) IS NOT (NEW.search_title, NEW.search_text) OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
BEGIN
  INSERT INTO search_writes VALUES (NEW.tenant_id, 'l', NEW.id, NEW.search_title, NEW.search_text, 1, NEW.deleted_at IS NULL);
END;
CREATE TRIGGER deals_found AFTER INSERT ON deals
BEGIN
  INSERT INTO search_writes VALUES (NEW.tenant_id, 'd', NEW.id, NEW.search_title, NEW.search_text, 0, NEW.deleted_at IS NULL);
END;
CREATE TRIGGER deals_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON deals WHEN (OLD.search_title, OLD.search_text) IS NOT (NEW.search_title, NEW.search_text) OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
BEGIN
  INSERT INTO search_writes VALUES (NEW.tenant_id, 'd', NEW.id, NEW.search_title, NEW.search_text, 1, NEW.deleted_at IS NULL);
END;
CREATE TRIGGER tasks_found AFTER INSERT ON tasks
BEGIN
  INSERT INTO search_writes VALUES (NEW.tenant_id, 't', NEW.id, NEW.search_title, NEW.search_text, 0, NEW.deleted_at IS NULL);
END;
CREATE TRIGGER tasks_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON tasks WHEN (OLD.search_title, OLD.search_text) IS NOT (NEW.search_title, NEW.search_text) OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
BEGIN
  INSERT INTO search_writes VALUES (NEW.tenant_id, 't', NEW.id, NEW.search_title, NEW.search_text, 1, NEW.deleted_at IS NULL);
END;
CREATE TRIGGER activities_found AFTER INSERT ON activities
BEGIN
  INSERT INTO search_writes VALUES (NEW.tenant_id, 'a', NEW.id, NEW.search_title, NEW.search_text, 0, NEW.deleted_at IS NULL);
END;
CREATE TRIGGER activities_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON activities WHEN (OLD.search_title, OLD.search_text) IS NOT (NEW.search_title, NEW.search_text) OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
BEGIN
  INSERT INTO search_writes VALUES (NEW.tenant_id, 'a', NEW.id, NEW.search_title, NEW.search_text, 1, NEW.deleted_at IS NULL);
END;
CREATE TRIGGER customers_found AFTER INSERT ON customers
BEGIN
  INSERT INTO search_writes VALUES (NEW.tenant_id, 'c', NEW.id, NEW.search_title, NEW.search_text, 0, 1);
END;
CREATE TRIGGER customers_found_anew AFTER UPDATE OF search_title, search_text ON customers WHEN (OLD.search_title, OLD.search_text) IS NOT (NEW.search_title, NEW.search_text)
BEGIN
  INSERT INTO search_writes VALUES (NEW.tenant_id, 'c', NEW.id, NEW.search_title, NEW.search_text, 1, 1);
END;
