-- How much members and teams are to win. A goal's key is made of all that a tenant has one goal for.
CREATE TABLE goals (
  tenant_id   TEXT NOT NULL,
  id          TEXT NOT NULL,
  owner_id    TEXT,
  team_id     TEXT,
  period      TEXT NOT NULL,
  first_day   TEXT NOT NULL,
  last_day    TEXT NOT NULL,
  metric      TEXT NOT NULL,
  target      INTEGER NOT NULL,
  currency    TEXT,
  pipeline_id TEXT,
  subject_key TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  version     INTEGER NOT NULL,
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
  tenant_id   TEXT NOT NULL,
  goal_id     TEXT NOT NULL,
  version     INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  until       INTEGER NOT NULL,
  owner_id    TEXT,
  team_id     TEXT,
  period      TEXT NOT NULL,
  first_day   TEXT NOT NULL,
  last_day    TEXT NOT NULL,
  metric      TEXT NOT NULL,
  target      INTEGER NOT NULL,
  currency    TEXT,
  pipeline_id TEXT,
  is_deleted  INTEGER NOT NULL,
  CONSTRAINT goal_snapshots_pk PRIMARY KEY (tenant_id, goal_id, version),
  CONSTRAINT goal_snapshots_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX goal_snapshots_by_period ON goal_snapshots (tenant_id, first_day);

CREATE TRIGGER goal_snapshots_end AFTER INSERT ON goal_snapshots WHEN NEW.version > 1
BEGIN
  UPDATE goal_snapshots SET until = NEW.at WHERE tenant_id = NEW.tenant_id AND goal_id = NEW.goal_id AND version < NEW.version AND until > NEW.at;
END;
