-- By which words a record is called; those by which it is searched are there. The default is for instances of the version before, which write none.
ALTER TABLE leads ADD COLUMN search_title text NOT NULL DEFAULT ' ';
ALTER TABLE deals ADD COLUMN search_title text NOT NULL DEFAULT ' ';
ALTER TABLE tasks ADD COLUMN search_title text NOT NULL DEFAULT ' ';
ALTER TABLE activities ADD COLUMN search_title text NOT NULL DEFAULT ' ';
ALTER TABLE customers ADD COLUMN search_title text NOT NULL DEFAULT ' ', ADD COLUMN search_text text NOT NULL DEFAULT ' ';
ALTER TABLE tenants ADD COLUMN search_language text NOT NULL DEFAULT 'SIMPLE';

-- The words of what is live, a row a record; kind is its first letter. Nothing but the index is made of it.
CREATE TABLE search_documents (
  tenant_id uuid NOT NULL,
  kind      text COLLATE "C" NOT NULL,
  record_id uuid NOT NULL,
  title     text NOT NULL,
  words     text NOT NULL,
  CONSTRAINT search_documents_pk PRIMARY KEY (tenant_id, kind, record_id),
  CONSTRAINT search_documents_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CALL raise_wall('search_documents');

-- Words, and what is left of each without one of its letters: what one typing error leads to.
CREATE TABLE search_words (
  tenant_id   uuid NOT NULL,
  variant_key text COLLATE "C" NOT NULL,
  word_key    text COLLATE "C" NOT NULL,
  record_id   uuid NOT NULL,
  CONSTRAINT search_words_pk PRIMARY KEY (tenant_id, variant_key, word_key, record_id),
  CONSTRAINT search_words_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CALL raise_wall('search_words');

-- Each word with a beginning that is of its tenant, kind and zone (t of the title, x of all), so that an entry of the index has records of one tenant
-- only; and by itself its first letter and its first two (u and y), which so many words share that looking them all up would take long. In PL/pgSQL so
-- that it isn't taken apart, and its cost is counted: a reader must not make it anew of each row.
CREATE FUNCTION search_lexemes(tenant_id uuid, kind text, title text, words text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 500 AS $$
DECLARE
  start text := right(tenant_id::text, 8) || kind;
  named text := ' ' || btrim(replace(replace(title, ' |', ''), ' @', ''));
  every text := ' ' || btrim(replace(replace(words, ' |', ''), ' @', ''));
BEGIN
  RETURN array_to_tsvector(string_to_array(substr(
    replace(every, ' ', ' ' || start || 'x') || regexp_replace(every, ' ([^ ]?)([^ ]?)[^ ]*', ' ' || start || 'y\1 ' || start || 'y\1\2', 'g') ||
    replace(named, ' ', ' ' || start || 't') || regexp_replace(named, ' ([^ ]?)([^ ]?)[^ ]*', ' ' || start || 'u\1 ' || start || 'u\1\2', 'g'), 2), ' '));
END
$$;

-- Row-level security lets no operator of text search reach an index. Whoever searches asks the owner, who names the records of the tenant that is set
-- and tells nothing else of them; they are read behind the wall. Always by the words, as reading all of the tenant's records would make the lexemes of
-- each anew: so tenant and kind are compared in a way that leads to no index.
-- What has the words is collected to the last before the first is named. Unless it is asked for for sure, NULL says instead where the statistics expect
-- more than enough of it, also behind what they assume of each word that they don't know, such as '-' (volatile because only such a function may explain).
-- And where a query's last word may be the beginning of many, it is looked for in the texts of what has the others, if those are far less: split is the
-- query of the others and of the last, and ending what a text has of it then, in the title or anywhere.
CREATE POLICY search ON search_documents FOR SELECT TO CURRENT_USER USING (true);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION search_found(kind text, query text, split text[], ending text, of_title boolean, most integer, for_sure boolean) RETURNS SETOF uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET jit = off AS $body$
    DECLARE
      plan json;
      expected float8[];
    BEGIN
      IF NOT for_sure OR split <> '{}' THEN
        EXECUTE (SELECT 'EXPLAIN (FORMAT JSON) ' || string_agg('SELECT FROM %1$I.search_documents d WHERE %1$I.search_lexemes(d.tenant_id, d.kind, d.title, d.words) @@ ' || quote_literal(asked) || '::tsquery', ' UNION ALL ' ORDER BY place)
          FROM unnest(ARRAY['''-'':*', query] || split) WITH ORDINALITY AS question (asked, place)) INTO plan;
        SELECT array_agg((part ->> 'Plan Rows')::float8 ORDER BY place) INTO expected FROM json_array_elements(plan #> '{0,Plan,Plans}') WITH ORDINALITY AS answer (part, place);
      END IF;
      IF NOT for_sure AND expected[2] > 4.0 * most + expected[1] * (numnode(query::tsquery) + 1) / 2 THEN
        RETURN NEXT NULL;
      ELSIF 20 * expected[3] <= expected[4] THEN
        RETURN QUERY SELECT d.record_id FROM %1$I.search_documents d
          WHERE %1$I.search_lexemes(d.tenant_id, d.kind, d.title, d.words) @@ split[1]::tsquery AND (d.tenant_id, d.kind) IS NOT DISTINCT FROM (nullif(current_setting('app.tenant_id', true), '')::uuid, $1)
            AND strpos(CASE WHEN of_title THEN d.title ELSE d.words END, ending) > 0 LIMIT most;
      ELSE
        RETURN QUERY SELECT d.record_id FROM %1$I.search_documents d
          WHERE %1$I.search_lexemes(d.tenant_id, d.kind, d.title, d.words) @@ query::tsquery AND (d.tenant_id, d.kind) IS NOT DISTINCT FROM (nullif(current_setting('app.tenant_id', true), '')::uuid, $1) LIMIT most;
      END IF;
    END
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION search_found(text, text, text[], text, boolean, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_found(text, text, text[], text, boolean, integer, boolean) TO crm_app;

-- Whether a word is known is looked up for each: joined, the tenant's words might be read all.
CREATE FUNCTION index_search(tenant uuid, kind_letter text, record uuid, named text, every text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_documents (tenant_id, kind, record_id, title, words) VALUES (tenant, kind_letter, record, named, every)
  ON CONFLICT ON CONSTRAINT search_documents_pk DO UPDATE SET title = EXCLUDED.title, words = EXCLUDED.words;
  INSERT INTO search_words (tenant_id, variant_key, word_key, record_id)
  SELECT tenant, variant.key, fresh.word, record
  FROM (
    SELECT word COLLATE "C" AS word FROM unnest(string_to_array(split_part(every, ' @ ', 1), ' ')) WITH ORDINALITY AS written (word, place)
    WHERE length(word) BETWEEN 4 AND 24 AND word !~ '[0-9]' AND (SELECT true FROM search_words w WHERE w.tenant_id = tenant AND w.variant_key = word COLLATE "C" AND w.word_key = word COLLATE "C" LIMIT 1) IS NULL
    GROUP BY word ORDER BY min(place) LIMIT 100) fresh
  CROSS JOIN LATERAL (SELECT fresh.word AS key UNION SELECT left(fresh.word, i - 1) || substr(fresh.word, i + 1) FROM generate_series(1, length(fresh.word)) i) variant
  ON CONFLICT ON CONSTRAINT search_words_pk DO NOTHING;
END
$$;

CREATE FUNCTION index_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.deleted_at IS NULL THEN
    PERFORM index_search(NEW.tenant_id, TG_ARGV[0], NEW.id, NEW.search_title, NEW.search_text);
  ELSE
    DELETE FROM search_documents d WHERE d.tenant_id = NEW.tenant_id AND d.kind = TG_ARGV[0] AND d.record_id = NEW.id;
  END IF;
  RETURN NULL;
END
$$;
CREATE FUNCTION index_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM index_search(NEW.tenant_id, 'c', NEW.id, NEW.search_title, NEW.search_text);
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION index_record(), index_customer() FROM PUBLIC;

-- What is there already, as well as SQL can tell; `crm reindex` tells the rest. Behind the locks that this takes the owner sees the rows, and writes the index.
ALTER TABLE leads NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deals NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY;
ALTER TABLE activities NO FORCE ROW LEVEL SECURITY;
ALTER TABLE customers NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_documents NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_words NO FORCE ROW LEVEL SECURITY;
UPDATE leads SET
  search_title = replace(' ' || name_key || ' | ' || company_key || ' | @ ' || coalesce(btrim(regexp_replace(lower(email), '[^a-z0-9]+', ' ', 'g')), '') || phone.words || ' ', '  ', ' '),
  search_text = replace(search_text || '| @ ' || coalesce(btrim(regexp_replace(lower(email), '[^a-z0-9]+', ' ', 'g')), '') || phone.words || ' ', '  ', ' ')
FROM (SELECT tenant_id, id, CASE WHEN length(phone_key) >= 4 THEN ' | ' || phone_key || ' §' || reverse(phone_key) ELSE '' END AS words FROM leads) AS phone
WHERE phone.tenant_id = leads.tenant_id AND phone.id = leads.id;
UPDATE deals SET search_title = ' ' || name_key || ' | @ ', search_text = search_text || '| @ ';
UPDATE tasks SET search_title = ' ' || title_key || ' | @ ', search_text = search_text || '| @ ';
UPDATE activities SET search_title = ' ' || btrim(regexp_replace(lower(subject), '[^[:alnum:]]+', ' ', 'g')) || ' | @ ', search_text = search_text || '| @ ';
UPDATE customers SET search_title = l.search_title, search_text = l.search_text FROM leads l WHERE l.tenant_id = customers.tenant_id AND l.id = customers.lead_id;
INSERT INTO search_documents (tenant_id, kind, record_id, title, words)
SELECT tenant_id, 'l', id, search_title, search_text FROM leads WHERE deleted_at IS NULL
UNION ALL SELECT tenant_id, 'd', id, search_title, search_text FROM deals WHERE deleted_at IS NULL
UNION ALL SELECT tenant_id, 't', id, search_title, search_text FROM tasks WHERE deleted_at IS NULL
UNION ALL SELECT tenant_id, 'a', id, search_title, search_text FROM activities WHERE deleted_at IS NULL
UNION ALL SELECT tenant_id, 'c', id, search_title, search_text FROM customers;
INSERT INTO search_words (tenant_id, variant_key, word_key, record_id)
SELECT known.tenant_id, variant.key, known.word, known.record_id
FROM (
  SELECT tenant_id, word COLLATE "C" AS word, (min(record_id::text))::uuid AS record_id
  FROM search_documents, unnest(string_to_array(split_part(words, ' @ ', 1), ' ')) AS word
  WHERE length(word) BETWEEN 4 AND 24 AND word !~ '[0-9]'
  GROUP BY 1, 2) known
CROSS JOIN LATERAL (SELECT known.word AS key UNION SELECT left(known.word, i - 1) || substr(known.word, i + 1) FROM generate_series(1, length(known.word)) i) variant;
ALTER TABLE leads FORCE ROW LEVEL SECURITY;
ALTER TABLE deals FORCE ROW LEVEL SECURITY;
ALTER TABLE tasks FORCE ROW LEVEL SECURITY;
ALTER TABLE activities FORCE ROW LEVEL SECURITY;
ALTER TABLE customers FORCE ROW LEVEL SECURITY;
ALTER TABLE search_documents FORCE ROW LEVEL SECURITY;
ALTER TABLE search_words FORCE ROW LEVEL SECURITY;
CREATE INDEX search_documents_by_words ON search_documents USING gin (search_lexemes(tenant_id, kind, title, words)) WITH (gin_pending_list_limit = 256);
ANALYZE search_documents;

-- From now on the index is written with the record.
CREATE TRIGGER leads_found AFTER INSERT ON leads FOR EACH ROW EXECUTE FUNCTION index_record('l');
CREATE TRIGGER deals_found AFTER INSERT ON deals FOR EACH ROW EXECUTE FUNCTION index_record('d');
CREATE TRIGGER tasks_found AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION index_record('t');
CREATE TRIGGER activities_found AFTER INSERT ON activities FOR EACH ROW EXECUTE FUNCTION index_record('a');
CREATE TRIGGER customers_found AFTER INSERT OR UPDATE OF search_title, search_text ON customers FOR EACH ROW EXECUTE FUNCTION index_customer();
CREATE TRIGGER leads_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON leads FOR EACH ROW
  WHEN ((OLD.search_title, OLD.search_text, OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.search_title, NEW.search_text, NEW.deleted_at IS NULL)) EXECUTE FUNCTION index_record('l');
CREATE TRIGGER deals_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON deals FOR EACH ROW
  WHEN ((OLD.search_title, OLD.search_text, OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.search_title, NEW.search_text, NEW.deleted_at IS NULL)) EXECUTE FUNCTION index_record('d');
CREATE TRIGGER tasks_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON tasks FOR EACH ROW
  WHEN ((OLD.search_title, OLD.search_text, OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.search_title, NEW.search_text, NEW.deleted_at IS NULL)) EXECUTE FUNCTION index_record('t');
CREATE TRIGGER activities_found_anew AFTER UPDATE OF search_title, search_text, deleted_at ON activities FOR EACH ROW
  WHEN ((OLD.search_title, OLD.search_text, OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.search_title, NEW.search_text, NEW.deleted_at IS NULL)) EXECUTE FUNCTION index_record('a');
