DROP TRIGGER leads_found ON leads;
DROP TRIGGER leads_found_anew ON leads;
DROP TRIGGER deals_found ON deals;
DROP TRIGGER deals_found_anew ON deals;
DROP TRIGGER tasks_found ON tasks;
DROP TRIGGER tasks_found_anew ON tasks;
DROP TRIGGER activities_found ON activities;
DROP TRIGGER activities_found_anew ON activities;
DROP TRIGGER customers_found ON customers;
DROP FUNCTION index_record();
DROP FUNCTION index_customer();
DROP FUNCTION index_search(uuid, text, uuid, text, text);
DROP FUNCTION search_found(text, text, text[], text, boolean, integer, boolean);
DROP TABLE search_words;
DROP TABLE search_documents;
DROP FUNCTION search_lexemes(uuid, text, text, text);

-- The version before searches words alone.
ALTER TABLE leads NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deals NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY;
ALTER TABLE activities NO FORCE ROW LEVEL SECURITY;
UPDATE leads SET search_text = replace(replace(search_text, ' |', ''), ' @', '');
UPDATE deals SET search_text = replace(replace(search_text, ' |', ''), ' @', '');
UPDATE tasks SET search_text = replace(replace(search_text, ' |', ''), ' @', '');
UPDATE activities SET search_text = replace(replace(search_text, ' |', ''), ' @', '');
ALTER TABLE leads FORCE ROW LEVEL SECURITY;
ALTER TABLE deals FORCE ROW LEVEL SECURITY;
ALTER TABLE tasks FORCE ROW LEVEL SECURITY;
ALTER TABLE activities FORCE ROW LEVEL SECURITY;

ALTER TABLE leads DROP COLUMN search_title;
ALTER TABLE deals DROP COLUMN search_title;
ALTER TABLE tasks DROP COLUMN search_title;
ALTER TABLE activities DROP COLUMN search_title;
ALTER TABLE customers DROP COLUMN search_title, DROP COLUMN search_text;
ALTER TABLE tenants DROP COLUMN search_language;
