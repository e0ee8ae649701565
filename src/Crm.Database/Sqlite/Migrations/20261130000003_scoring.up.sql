-- How many of a lead's versions, the last ones, told of nothing but its score: who has read one of these may still change it.
ALTER TABLE leads ADD COLUMN scored_versions INTEGER NOT NULL DEFAULT 0;

-- How leads are scored, and whether they were all scored so.
CREATE TABLE scorings (
  tenant_id    TEXT NOT NULL,
  is_active    INTEGER NOT NULL,
  method       TEXT NOT NULL,
  rules        TEXT NOT NULL,
  updated_at   INTEGER NOT NULL,
  version      INTEGER NOT NULL,
  basis        INTEGER NOT NULL,
  is_behind    INTEGER NOT NULL,
  lease        TEXT,
  leased_until INTEGER NOT NULL,
  train_at     INTEGER,
  CONSTRAINT scorings_pk PRIMARY KEY (tenant_id),
  CONSTRAINT scorings_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX scorings_active ON scorings (tenant_id) WHERE is_active;

-- What a lead's score is made of, and when it may move by itself.
CREATE TABLE lead_scores (
  tenant_id   TEXT NOT NULL,
  lead_id     TEXT NOT NULL,
  method      TEXT NOT NULL,
  scored_at   INTEGER NOT NULL,
  basis       INTEGER NOT NULL,
  due_at      INTEGER,
  explanation TEXT NOT NULL,
  CONSTRAINT lead_scores_pk PRIMARY KEY (tenant_id, lead_id),
  CONSTRAINT lead_scores_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
CREATE INDEX lead_scores_due ON lead_scores (tenant_id, due_at, lead_id) WHERE due_at IS NOT NULL;

-- What was learnt from what became of leads, and how well it foretold later ones. One at most is active.
CREATE TABLE scoring_models (
  tenant_id  TEXT NOT NULL,
  id         TEXT NOT NULL,
  version    INTEGER NOT NULL,
  trained_at INTEGER NOT NULL,
  trained_by TEXT NOT NULL,
  is_active  INTEGER NOT NULL,
  positives  INTEGER NOT NULL,
  negatives  INTEGER NOT NULL,
  weights    TEXT NOT NULL,
  report     TEXT NOT NULL,
  CONSTRAINT scoring_models_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT scoring_models_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX scoring_models_by_version ON scoring_models (tenant_id, version);
CREATE UNIQUE INDEX scoring_models_active ON scoring_models (tenant_id) WHERE is_active;
