-- Who signs in here, where no identity provider does it. Accounts are of no tenant; what a tenant knows of one is its member.
CREATE TABLE accounts (
  id                  TEXT NOT NULL,
  email               TEXT NOT NULL,
  email_key           TEXT NOT NULL,
  name                TEXT,
  password_hash       TEXT NOT NULL,
  security_stamp      TEXT NOT NULL,
  concurrency_stamp   TEXT NOT NULL,
  failed_count        INTEGER NOT NULL,
  locked_until        INTEGER,
  created_at          INTEGER NOT NULL,
  password_changed_at INTEGER NOT NULL,
  CONSTRAINT accounts_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX accounts_by_email ON accounts (email_key);

-- The tenants that an account may act for.
CREATE TABLE account_memberships (
  account_id TEXT NOT NULL,
  tenant_id  TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT account_memberships_pk PRIMARY KEY (account_id, tenant_id),
  CONSTRAINT account_memberships_account_id_fk FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT account_memberships_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

-- One row a sign-in. Secrets are kept as hashes alone.
CREATE TABLE account_sessions (
  id           TEXT NOT NULL,
  account_id   TEXT NOT NULL,
  kind         TEXT NOT NULL,
  secret_hash  TEXT NOT NULL,
  generation   INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  ends_at      INTEGER NOT NULL,
  revoked_at   INTEGER,
  CONSTRAINT account_sessions_pk PRIMARY KEY (id),
  CONSTRAINT account_sessions_account_id_fk FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX account_sessions_by_secret ON account_sessions (secret_hash);
CREATE INDEX account_sessions_by_account ON account_sessions (account_id, created_at);

-- What lets an account become a member of a tenant, once.
CREATE TABLE invitations (
  tenant_id   TEXT NOT NULL,
  id          TEXT NOT NULL,
  email       TEXT NOT NULL,
  email_key   TEXT NOT NULL,
  role        TEXT NOT NULL,
  token_hash  TEXT NOT NULL,
  expires_at  INTEGER NOT NULL,
  accepted_at INTEGER,
  revoked_at  INTEGER,
  created_at  INTEGER NOT NULL,
  created_by  TEXT NOT NULL,
  updated_at  INTEGER NOT NULL,
  updated_by  TEXT NOT NULL,
  version     INTEGER NOT NULL,
  CONSTRAINT invitations_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT invitations_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX invitations_by_created ON invitations (tenant_id, created_at, id);
CREATE INDEX invitations_by_email ON invitations (tenant_id, email_key, id);
