-- Keys with which programs act for a tenant; of each key only a hash.
CREATE TABLE api_keys (
  tenant_id    TEXT NOT NULL,
  id           TEXT NOT NULL,
  name         TEXT NOT NULL,
  name_key     TEXT NOT NULL,
  prefix       TEXT NOT NULL,
  hash         BLOB NOT NULL,
  role         TEXT NOT NULL,
  read_only    INTEGER NOT NULL,
  resources    TEXT,
  expires_at   INTEGER,
  last_used_at INTEGER,
  created_at   INTEGER NOT NULL,
  created_by   TEXT NOT NULL,
  revoked_at   INTEGER,
  version      INTEGER NOT NULL,
  CONSTRAINT api_keys_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT api_keys_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX api_keys_by_created ON api_keys (tenant_id, created_at, id);
CREATE INDEX api_keys_by_name ON api_keys (tenant_id, name_key, id);
