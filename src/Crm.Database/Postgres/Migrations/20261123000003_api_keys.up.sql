-- Keys with which programs act for a tenant; of each key only a hash.
CREATE TABLE api_keys (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  name         text NOT NULL,
  name_key     text COLLATE "C" NOT NULL,
  prefix       text NOT NULL,
  hash         bytea NOT NULL,
  role         text NOT NULL,
  read_only    boolean NOT NULL,
  resources    text[],
  expires_at   timestamptz,
  last_used_at timestamptz,
  created_at   timestamptz NOT NULL,
  created_by   text NOT NULL,
  revoked_at   timestamptz,
  version      integer NOT NULL,
  CONSTRAINT api_keys_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT api_keys_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX api_keys_by_created ON api_keys (tenant_id, created_at, id);
CREATE INDEX api_keys_by_name ON api_keys (tenant_id, name_key, id);

CALL raise_wall('api_keys');
