-- How many of a lead's versions, the last ones, told of nothing but its score: who has read one of these may still change it.
ALTER TABLE leads ADD COLUMN scored_versions integer NOT NULL DEFAULT 0;

-- How leads are scored, and whether they were all scored so.
CREATE TABLE scorings (
  tenant_id    uuid NOT NULL,
  is_active    boolean NOT NULL,
  method       text NOT NULL,
  rules        text NOT NULL,
  updated_at   timestamptz NOT NULL,
  version      integer NOT NULL,
  basis        integer NOT NULL,
  is_behind    boolean NOT NULL,
  lease        uuid,
  leased_until timestamptz NOT NULL,
  train_at     timestamptz,
  CONSTRAINT scorings_pk PRIMARY KEY (tenant_id),
  CONSTRAINT scorings_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX scorings_active ON scorings (tenant_id) WHERE is_active;
CALL raise_wall('scorings');

-- What a lead's score is made of, and when it may move by itself.
CREATE TABLE lead_scores (
  tenant_id   uuid NOT NULL,
  lead_id     uuid NOT NULL,
  method      text NOT NULL,
  scored_at   timestamptz NOT NULL,
  basis       integer NOT NULL,
  due_at      timestamptz,
  explanation text NOT NULL,
  CONSTRAINT lead_scores_pk PRIMARY KEY (tenant_id, lead_id),
  CONSTRAINT lead_scores_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
CREATE INDEX lead_scores_due ON lead_scores (tenant_id, due_at, lead_id) WHERE due_at IS NOT NULL;
CALL raise_wall('lead_scores');

-- What was learnt from what became of leads, and how well it foretold later ones. One at most is active.
CREATE TABLE scoring_models (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  version    integer NOT NULL,
  trained_at timestamptz NOT NULL,
  trained_by text NOT NULL,
  is_active  boolean NOT NULL,
  positives  integer NOT NULL,
  negatives  integer NOT NULL,
  weights    text NOT NULL,
  report     text NOT NULL,
  CONSTRAINT scoring_models_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT scoring_models_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX scoring_models_by_version ON scoring_models (tenant_id, version);
CREATE UNIQUE INDEX scoring_models_active ON scoring_models (tenant_id) WHERE is_active;
CALL raise_wall('scoring_models');

-- Whoever scores must find the tenants that have something to score, and is told their ids alone.
CREATE POLICY scorer ON scorings FOR SELECT TO CURRENT_USER USING (is_active);
CREATE POLICY scorer ON lead_scores FOR SELECT TO CURRENT_USER USING (due_at IS NOT NULL);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_to_score(due_by timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      SELECT s.tenant_id FROM %1$I.scorings s WHERE s.is_active AND s.leased_until <= clock_timestamp()
        AND (s.is_behind OR EXISTS (SELECT 1 FROM %1$I.lead_scores l WHERE l.tenant_id = s.tenant_id AND l.due_at <= due_by))
    $body$
    $function$, current_schema());
  EXECUTE format($function$
    CREATE FUNCTION tenants_to_train(due_by timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      SELECT tenant_id FROM %1$I.scorings WHERE is_active AND train_at <= due_by
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_to_score(timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION tenants_to_train(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_to_score(timestamptz) TO crm_app;
GRANT EXECUTE ON FUNCTION tenants_to_train(timestamptz) TO crm_app;
