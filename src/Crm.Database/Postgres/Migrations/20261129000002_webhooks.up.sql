-- Endpoints that are told of events. The secrets are kept as they are, since what is sent is signed by them.
CREATE TABLE webhooks (
  tenant_id             uuid NOT NULL,
  id                    uuid NOT NULL,
  url                   text NOT NULL,
  name                  text,
  types                 text[],
  filter                text,
  state                 text NOT NULL,
  disabled_at           timestamptz,
  disabled_reason       text,
  secret                bytea NOT NULL,
  previous_secret       bytea,
  previous_secret_until timestamptz,
  failures              integer NOT NULL,
  failing_since         timestamptz,
  last_delivered_at     timestamptz,
  created_at            timestamptz NOT NULL,
  created_by            text NOT NULL,
  updated_at            timestamptz NOT NULL,
  updated_by            text NOT NULL,
  version               integer NOT NULL,
  CONSTRAINT webhooks_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhooks_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT webhooks_disabled CHECK ((state = 'DISABLED') = (disabled_at IS NOT NULL))
);
CREATE INDEX webhooks_by_created ON webhooks (tenant_id, created_at, id);
CALL raise_wall('webhooks');

-- What was sent to them, and what they answered.
CREATE TABLE webhook_deliveries (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL,
  webhook_id      uuid NOT NULL,
  event_id        uuid NOT NULL,
  type            text NOT NULL,
  attempt         integer NOT NULL,
  at              timestamptz NOT NULL,
  duration_ms     integer NOT NULL,
  outcome         text NOT NULL,
  status          integer,
  problem         text,
  request_headers text NOT NULL,
  request_body    text NOT NULL,
  answer_headers  text NOT NULL,
  answer_body     text,
  CONSTRAINT webhook_deliveries_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhook_deliveries_webhook_id_fk FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks (tenant_id, id)
);
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (tenant_id, webhook_id, at, id);
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (tenant_id, webhook_id, event_id, attempt);
CALL raise_wall('webhook_deliveries');
