-- The way of a lead to a customer. One that is pending or completed is the only one of its lead.
CREATE TABLE conversions (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  lead_id      uuid NOT NULL,
  state        text NOT NULL,
  request      text NOT NULL,
  deal         text,
  trace_parent text,
  is_repeated  boolean NOT NULL,
  answer_key   text COLLATE "C",
  answer_claim uuid,
  attempts     integer NOT NULL,
  due_at       timestamptz NOT NULL,
  lease        uuid,
  problem      text,
  alerted_at   timestamptz,
  customer_id  text,
  deal_id      uuid,
  created_at   timestamptz NOT NULL,
  created_by   text NOT NULL,
  actor        text NOT NULL,
  credential   text,
  address      text,
  ended_at     timestamptz,
  ended_by     text,
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
CALL raise_wall('conversions');

-- While it is pending, nobody else changes the lead.
ALTER TABLE leads ADD COLUMN pending_conversion_id uuid;

-- The customers of the registry that the service brings along.
CREATE TABLE customers (
  tenant_id          uuid NOT NULL,
  id                 uuid NOT NULL,
  lead_id            uuid,
  idempotency_key    text COLLATE "C" NOT NULL,
  external_reference text NOT NULL,
  email_key          text COLLATE "C",
  first_name         text,
  last_name          text NOT NULL,
  email              text,
  phone              text,
  job_title          text,
  company_name       text,
  company_website    text,
  company_industry   text,
  company_size       text,
  created_at         timestamptz NOT NULL,
  CONSTRAINT customers_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT customers_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX customers_by_key ON customers (tenant_id, idempotency_key);
CREATE UNIQUE INDEX customers_by_reference ON customers (tenant_id, external_reference);
CREATE UNIQUE INDEX customers_by_email ON customers (tenant_id, email_key);
CREATE INDEX customers_by_created ON customers (tenant_id, created_at, id);
CALL raise_wall('customers');

-- Whoever takes up what was left behind must find the tenants that have some, and is told their ids alone.
CREATE POLICY converter ON conversions FOR SELECT TO CURRENT_USER USING (true);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_to_convert() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE pending (tenant_id, due_at) AS (
        (SELECT tenant_id, due_at FROM %1$I.conversions WHERE state = 'PENDING' ORDER BY tenant_id, due_at LIMIT 1)
        UNION ALL
        SELECT next.tenant_id, next.due_at FROM pending p CROSS JOIN LATERAL (
          SELECT c.tenant_id, c.due_at FROM %1$I.conversions c WHERE c.state = 'PENDING' AND c.tenant_id > p.tenant_id ORDER BY c.tenant_id, c.due_at LIMIT 1) next
      )
      SELECT tenant_id FROM pending WHERE due_at <= clock_timestamp()
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_to_convert() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_to_convert() TO crm_app;
