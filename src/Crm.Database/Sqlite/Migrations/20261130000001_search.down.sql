DROP TRIGGER leads_found;
DROP TRIGGER leads_found_anew;
DROP TRIGGER deals_found;
DROP TRIGGER deals_found_anew;
DROP TRIGGER tasks_found;
DROP TRIGGER tasks_found_anew;
DROP TRIGGER activities_found;
DROP TRIGGER activities_found_anew;
DROP TRIGGER customers_found;
DROP TRIGGER customers_found_anew;
DROP VIEW search_writes;
DROP TABLE search_words;
DROP TABLE search_index;
DROP TABLE IF EXISTS search_index_content; -- which SQLite 3.50 leaves behind

-- The version before searches words alone.
UPDATE leads SET search_text = replace(replace(search_text, ' |', ''), ' @', '');
UPDATE deals SET search_text = replace(replace(search_text, ' |', ''), ' @', '');
UPDATE tasks SET search_text = replace(replace(search_text, ' |', ''), ' @', '');
UPDATE activities SET search_text = replace(replace(search_text, ' |', ''), ' @', '');

ALTER TABLE leads DROP COLUMN search_title;
ALTER TABLE deals DROP COLUMN search_title;
ALTER TABLE tasks DROP COLUMN search_title;
ALTER TABLE activities DROP COLUMN search_title;
ALTER TABLE customers DROP COLUMN search_title;
ALTER TABLE customers DROP COLUMN search_text;
ALTER TABLE tenants DROP COLUMN search_language;
