-- How much members and teams are to win. A goal's key is made of all that a tenant has one goal for.
CREATE TABLE goals (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  owner_id    text,
  team_id     uuid,
  period      text NOT NULL,
  first_day   date NOT NULL,
  last_day    date NOT NULL,
  metric      text NOT NULL,
  target      bigint NOT NULL,
  currency    text,
  pipeline_id uuid,
  subject_key text COLLATE "C" NOT NULL,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  version     integer NOT NULL,
  CONSTRAINT goals_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT goals_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT goals_owner_id_fk FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, user_id),
  CONSTRAINT goals_team_id_fk FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id),
  CONSTRAINT goals_pipeline_id_fk FOREIGN KEY (tenant_id, pipeline_id) REFERENCES pipelines (tenant_id, id)
);
CREATE UNIQUE INDEX goals_by_subject ON goals (tenant_id, subject_key);
CREATE INDEX goals_by_period ON goals (tenant_id, first_day, id);
CREATE INDEX goals_by_created ON goals (tenant_id, created_at, id);
CREATE INDEX goals_by_team ON goals (tenant_id, team_id) WHERE team_id IS NOT NULL;

-- What they were from a version on; append-only but for the end, which the next version brings. They stay when the goal or its team is deleted.
CREATE TABLE goal_snapshots (
  tenant_id   uuid NOT NULL,
  goal_id     uuid NOT NULL,
  version     integer NOT NULL,
  at          bigint NOT NULL,
  until       bigint NOT NULL,
  owner_id    text,
  team_id     uuid,
  period      text NOT NULL,
  first_day   date NOT NULL,
  last_day    date NOT NULL,
  metric      text NOT NULL,
  target      bigint NOT NULL,
  currency    text,
  pipeline_id uuid,
  is_deleted  boolean NOT NULL,
  CONSTRAINT goal_snapshots_pk PRIMARY KEY (tenant_id, goal_id, version),
  CONSTRAINT goal_snapshots_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX goal_snapshots_by_period ON goal_snapshots (tenant_id, first_day);

CALL raise_wall('goals');
CALL raise_wall('goal_snapshots');

CREATE FUNCTION end_goal_snapshots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE goal_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND goal_id = NEW.goal_id AND version < NEW.version AND until > NEW.at;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION end_goal_snapshots() FROM PUBLIC;
CREATE TRIGGER goal_snapshots_end AFTER INSERT ON goal_snapshots FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION end_goal_snapshots();
