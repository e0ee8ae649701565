-- Who signs in here, where no identity provider does it. Accounts are of no tenant; what a tenant knows of one is its member.
CREATE TABLE accounts (
  id                  uuid NOT NULL,
  email               text NOT NULL,
  email_key           text COLLATE "C" NOT NULL,
  name                text,
  password_hash       text NOT NULL,
  security_stamp      text NOT NULL,
  concurrency_stamp   text NOT NULL,
  failed_count        integer NOT NULL,
  locked_until        timestamptz,
  created_at          timestamptz NOT NULL,
  password_changed_at timestamptz NOT NULL,
  CONSTRAINT accounts_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX accounts_by_email ON accounts (email_key);

-- The tenants that an account may act for.
CREATE TABLE account_memberships (
  account_id uuid NOT NULL,
  tenant_id  uuid NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT account_memberships_pk PRIMARY KEY (account_id, tenant_id),
  CONSTRAINT account_memberships_account_id_fk FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT account_memberships_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

-- One row a sign-in. Secrets are kept as hashes alone.
CREATE TABLE account_sessions (
  id           uuid NOT NULL,
  account_id   uuid NOT NULL,
  kind         text NOT NULL,
  secret_hash  text NOT NULL,
  generation   integer NOT NULL,
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  ends_at      timestamptz NOT NULL,
  revoked_at   timestamptz,
  CONSTRAINT account_sessions_pk PRIMARY KEY (id),
  CONSTRAINT account_sessions_account_id_fk FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX account_sessions_by_secret ON account_sessions (secret_hash);
CREATE INDEX account_sessions_by_account ON account_sessions (account_id, created_at);

-- What lets an account become a member of a tenant, once.
CREATE TABLE invitations (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  email       text NOT NULL,
  email_key   text COLLATE "C" NOT NULL,
  role        text NOT NULL,
  token_hash  text NOT NULL,
  expires_at  timestamptz NOT NULL,
  accepted_at timestamptz,
  revoked_at  timestamptz,
  created_at  timestamptz NOT NULL,
  created_by  text NOT NULL,
  updated_at  timestamptz NOT NULL,
  updated_by  text NOT NULL,
  version     integer NOT NULL,
  CONSTRAINT invitations_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT invitations_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX invitations_by_created ON invitations (tenant_id, created_at, id);
CREATE INDEX invitations_by_email ON invitations (tenant_id, email_key, id);

CALL raise_wall('invitations');

-- Of no tenant, so that there is no tenant to part them by.
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts, account_memberships, account_sessions TO crm_app;
