DROP FUNCTION tenants_to_train(timestamptz);
DROP FUNCTION tenants_to_score(timestamptz);
DROP TABLE scoring_models;
DROP TABLE lead_scores;
DROP TABLE scorings;
ALTER TABLE leads DROP COLUMN scored_versions;
