DROP TABLE scoring_models;
DROP TABLE lead_scores;
DROP TABLE scorings;
ALTER TABLE leads DROP COLUMN scored_versions;
