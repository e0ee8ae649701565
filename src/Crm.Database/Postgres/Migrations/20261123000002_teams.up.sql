-- Members who may act no more, and what reps see. The defaults are for instances of the version before, which write none.
ALTER TABLE members ADD COLUMN active boolean NOT NULL DEFAULT true;
ALTER TABLE tenants ADD COLUMN visibility text NOT NULL DEFAULT 'ALL';

-- Members who see each other's records.
CREATE TABLE teams (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  name        text NOT NULL,
  name_key    text COLLATE "C" NOT NULL,
  search_text text NOT NULL,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  version     integer NOT NULL,
  CONSTRAINT teams_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT teams_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX teams_by_name ON teams (tenant_id, name_key);
CREATE INDEX teams_by_created ON teams (tenant_id, created_at, id);

CREATE TABLE team_members (
  tenant_id uuid NOT NULL,
  team_id   uuid NOT NULL,
  user_id   text COLLATE "C" NOT NULL,
  CONSTRAINT team_members_pk PRIMARY KEY (tenant_id, team_id, user_id),
  CONSTRAINT team_members_team_id_fk FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id),
  CONSTRAINT team_members_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id)
);
CREATE INDEX team_members_by_user ON team_members (tenant_id, user_id, team_id);

CALL raise_wall('teams');
CALL raise_wall('team_members');
