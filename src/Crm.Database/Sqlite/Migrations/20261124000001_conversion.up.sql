-- The way of a lead to a customer. One that is pending or completed is the only one of its lead.
CREATE TABLE conversions (
  tenant_id    TEXT NOT NULL,
  id           TEXT NOT NULL,
  lead_id      TEXT NOT NULL,
  state        TEXT NOT NULL,
  request      TEXT NOT NULL,
  deal         TEXT,
  trace_parent TEXT,
  is_repeated  INTEGER NOT NULL,
  answer_key   TEXT,
  answer_claim TEXT,
  attempts     INTEGER NOT NULL,
  due_at       INTEGER NOT NULL,
  lease        TEXT,
  problem      TEXT,
  alerted_at   INTEGER,
  customer_id  TEXT,
  deal_id      TEXT,
  created_at   INTEGER NOT NULL,
  created_by   TEXT NOT NULL,
  actor        TEXT NOT NULL,
  credential   TEXT,
  address      TEXT,
  ended_at     INTEGER,
  ended_by     TEXT,
  CONSTRAINT conversions_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT conversions_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
  CONSTRAINT conversions_customer CHECK ((state = 'COMPLETED') = (customer_id IS NOT NULL)),
  CONSTRAINT conversions_end CHECK ((state = 'PENDING') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX conversions_by_lead ON conversions (tenant_id, lead_id) WHERE state IN ('PENDING', 'COMPLETED');
CREATE INDEX conversions_of_lead ON conversions (tenant_id, lead_id, id);
CREATE INDEX conversions_by_created ON conversions (tenant_id, created_at, id);
CREATE INDEX conversions_by_state ON conversions (tenant_id, state, created_at, id);
CREATE INDEX conversions_due ON conversions (tenant_id, due_at, id) WHERE state = 'PENDING';

-- While it is pending, nobody else changes the lead.
ALTER TABLE leads ADD COLUMN pending_conversion_id TEXT;

-- The customers of the registry that the service brings along.
CREATE TABLE customers (
  tenant_id          TEXT NOT NULL,
  id                 TEXT NOT NULL,
  lead_id            TEXT,
  idempotency_key    TEXT NOT NULL,
  external_reference TEXT NOT NULL,
  email_key          TEXT,
  first_name         TEXT,
  last_name          TEXT NOT NULL,
  email              TEXT,
  phone              TEXT,
  job_title          TEXT,
  company_name       TEXT,
  company_website    TEXT,
  company_industry   TEXT,
  company_size       TEXT,
  created_at         INTEGER NOT NULL,
  CONSTRAINT customers_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT customers_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX customers_by_key ON customers (tenant_id, idempotency_key);
CREATE UNIQUE INDEX customers_by_reference ON customers (tenant_id, external_reference);
CREATE UNIQUE INDEX customers_by_email ON customers (tenant_id, email_key);
CREATE INDEX customers_by_created ON customers (tenant_id, created_at, id);
