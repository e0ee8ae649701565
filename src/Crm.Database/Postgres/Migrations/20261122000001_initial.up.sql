-- Every key, unique key, index and foreign key starts with the tenant, so that a reference into another tenant can't be stored.
-- Money is a whole number of ten-thousandths of its currency.

-- Tenants and their settings.
CREATE TABLE tenants (
  tenant_id  uuid NOT NULL,
  name       text,
  time_zone  text NOT NULL,
  currency   text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version    integer NOT NULL,
  CONSTRAINT tenants_pk PRIMARY KEY (tenant_id)
);

-- Users of a tenant.
CREATE TABLE members (
  tenant_id  uuid NOT NULL,
  user_id    text COLLATE "C" NOT NULL,
  name       text,
  email      text,
  role       text NOT NULL,
  name_key   text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version    integer NOT NULL,
  CONSTRAINT members_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT members_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX members_by_name ON members (tenant_id, name_key, user_id);
CREATE INDEX members_by_created ON members (tenant_id, created_at, user_id);

-- Ways of a deal.
CREATE TABLE pipelines (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  name       text NOT NULL,
  is_default boolean NOT NULL,
  created_at timestamptz NOT NULL,
  version    integer NOT NULL,
  CONSTRAINT pipelines_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT pipelines_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX pipelines_default ON pipelines (tenant_id) WHERE is_default;

-- Stages of a pipeline, in the order of their position.
CREATE TABLE stages (
  tenant_id    uuid NOT NULL,
  pipeline_id  uuid NOT NULL,
  key          text COLLATE "C" NOT NULL,
  name         text NOT NULL,
  position     integer NOT NULL,
  probability  integer NOT NULL,
  kind         text NOT NULL,
  rotting_days integer,
  CONSTRAINT stages_pk PRIMARY KEY (tenant_id, pipeline_id, key),
  CONSTRAINT stages_pipeline_id_fk FOREIGN KEY (tenant_id, pipeline_id) REFERENCES pipelines (tenant_id, id)
);

-- People who may become customers. The columns that end in _key are folded copies to look up by, those that end in _order never null to sort by.
CREATE TABLE leads (
  tenant_id         uuid NOT NULL,
  id                uuid NOT NULL,
  first_name        text,
  last_name         text NOT NULL,
  email             text,
  phone             text,
  job_title         text,
  company_name      text,
  company_website   text,
  company_industry  text,
  company_size      text,
  status            text NOT NULL,
  source            text NOT NULL,
  estimated_value   bigint,
  currency          text NOT NULL,
  owner_id          text,
  description       text,
  tags              text[] NOT NULL,
  score             integer,
  converted_at      timestamptz,
  customer_id       text,
  converted_deal_id uuid,
  name_key          text COLLATE "C" NOT NULL,
  company_key       text COLLATE "C" NOT NULL,
  email_key         text COLLATE "C",
  phone_key         text COLLATE "C",
  value_order       bigint NOT NULL,
  score_order       integer NOT NULL,
  search_text       text NOT NULL,
  created_at        timestamptz NOT NULL,
  created_by        text NOT NULL,
  updated_at        timestamptz NOT NULL,
  updated_by        text NOT NULL,
  version           integer NOT NULL,
  deleted_at        timestamptz,
  deletion_id       uuid,
  CONSTRAINT leads_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT leads_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT leads_owner_id_fk FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, user_id)
);
CREATE INDEX leads_by_created ON leads (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_by_updated ON leads (tenant_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_by_name ON leads (tenant_id, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_by_company ON leads (tenant_id, company_key, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_by_value ON leads (tenant_id, value_order, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_by_score ON leads (tenant_id, score_order, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_by_status ON leads (tenant_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_by_owner ON leads (tenant_id, owner_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_by_source ON leads (tenant_id, source, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_by_email ON leads (tenant_id, email_key) WHERE deleted_at IS NULL;
CREATE INDEX leads_by_deletion ON leads (tenant_id, deletion_id) WHERE deletion_id IS NOT NULL;

-- Stays of a lead in a status; the open one has not been left.
CREATE TABLE lead_stays (
  tenant_id  uuid NOT NULL,
  lead_id    uuid NOT NULL,
  ordinal    integer NOT NULL,
  status     text NOT NULL,
  entered_at timestamptz NOT NULL,
  entered_by text NOT NULL,
  left_at    timestamptz,
  CONSTRAINT lead_stays_pk PRIMARY KEY (tenant_id, lead_id, ordinal),
  CONSTRAINT lead_stays_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
CREATE UNIQUE INDEX lead_stays_open ON lead_stays (tenant_id, lead_id) WHERE left_at IS NULL;

-- A row a tag, so that an index finds a lead by it.
CREATE TABLE lead_tags (
  tenant_id uuid NOT NULL,
  record_id uuid NOT NULL,
  key       text COLLATE "C" NOT NULL,
  CONSTRAINT lead_tags_pk PRIMARY KEY (tenant_id, record_id, key),
  CONSTRAINT lead_tags_record_id_fk FOREIGN KEY (tenant_id, record_id) REFERENCES leads (tenant_id, id)
);
CREATE INDEX lead_tags_by_key ON lead_tags (tenant_id, key, record_id);

-- Sales that may come about.
CREATE TABLE deals (
  tenant_id            uuid NOT NULL,
  id                   uuid NOT NULL,
  name                 text NOT NULL,
  lead_id              uuid,
  customer_id          text,
  pipeline_id          uuid NOT NULL,
  stage                text NOT NULL,
  stage_entered_at     timestamptz NOT NULL,
  value                bigint,
  currency             text NOT NULL,
  probability          integer,
  expected_close_date  date,
  owner_id             text,
  description          text,
  tags                 text[] NOT NULL,
  closed_at            timestamptz,
  lost_reason          text,
  name_key             text COLLATE "C" NOT NULL,
  value_order          bigint NOT NULL,
  expected_close_order date NOT NULL,
  closed_order         timestamptz NOT NULL,
  search_text          text NOT NULL,
  created_at           timestamptz NOT NULL,
  created_by           text NOT NULL,
  updated_at           timestamptz NOT NULL,
  updated_by           text NOT NULL,
  version              integer NOT NULL,
  deleted_at           timestamptz,
  deletion_id          uuid,
  CONSTRAINT deals_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT deals_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT deals_owner_id_fk FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, user_id),
  CONSTRAINT deals_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
  CONSTRAINT deals_stage_fk FOREIGN KEY (tenant_id, pipeline_id, stage) REFERENCES stages (tenant_id, pipeline_id, key)
);
CREATE INDEX deals_by_created ON deals (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_updated ON deals (tenant_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_name ON deals (tenant_id, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_value ON deals (tenant_id, value_order, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_expected_close ON deals (tenant_id, expected_close_order, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_closed ON deals (tenant_id, closed_order, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_stage ON deals (tenant_id, pipeline_id, stage, stage_entered_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_stage_entered ON deals (tenant_id, stage_entered_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_owner ON deals (tenant_id, owner_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_lead ON deals (tenant_id, lead_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_by_deletion ON deals (tenant_id, deletion_id) WHERE deletion_id IS NOT NULL;

-- Stays of a deal in a stage; the open one has not been left.
CREATE TABLE deal_stays (
  tenant_id   uuid NOT NULL,
  deal_id     uuid NOT NULL,
  ordinal     integer NOT NULL,
  pipeline_id uuid NOT NULL,
  stage       text NOT NULL,
  entered_at  timestamptz NOT NULL,
  entered_by  text NOT NULL,
  left_at     timestamptz,
  CONSTRAINT deal_stays_pk PRIMARY KEY (tenant_id, deal_id, ordinal),
  CONSTRAINT deal_stays_deal_id_fk FOREIGN KEY (tenant_id, deal_id) REFERENCES deals (tenant_id, id),
  CONSTRAINT deal_stays_stage_fk FOREIGN KEY (tenant_id, pipeline_id, stage) REFERENCES stages (tenant_id, pipeline_id, key)
);
CREATE UNIQUE INDEX deal_stays_open ON deal_stays (tenant_id, deal_id) WHERE left_at IS NULL;

-- What a deal was worth and where it stood from a version on; append-only.
CREATE TABLE deal_snapshots (
  tenant_id           uuid NOT NULL,
  deal_id             uuid NOT NULL,
  version             integer NOT NULL,
  at                  timestamptz NOT NULL,
  actor               text NOT NULL,
  pipeline_id         uuid NOT NULL,
  stage               text NOT NULL,
  stage_entered_at    timestamptz NOT NULL,
  closed_at           timestamptz,
  value               bigint,
  currency            text NOT NULL,
  probability         integer NOT NULL,
  expected_close_date date,
  owner_id            text,
  lead_id             uuid,
  is_deleted          boolean NOT NULL,
  CONSTRAINT deal_snapshots_pk PRIMARY KEY (tenant_id, deal_id, version),
  CONSTRAINT deal_snapshots_deal_id_fk FOREIGN KEY (tenant_id, deal_id) REFERENCES deals (tenant_id, id)
);

-- A row a tag, so that an index finds a deal by it.
CREATE TABLE deal_tags (
  tenant_id uuid NOT NULL,
  record_id uuid NOT NULL,
  key       text COLLATE "C" NOT NULL,
  CONSTRAINT deal_tags_pk PRIMARY KEY (tenant_id, record_id, key),
  CONSTRAINT deal_tags_record_id_fk FOREIGN KEY (tenant_id, record_id) REFERENCES deals (tenant_id, id)
);
CREATE INDEX deal_tags_by_key ON deal_tags (tenant_id, key, record_id);

-- Things to do.
CREATE TABLE tasks (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  title          text NOT NULL,
  description    text,
  type           text NOT NULL,
  priority       text NOT NULL,
  due_at         timestamptz,
  remind_at      timestamptz,
  assignee_id    text,
  lead_id        uuid,
  deal_id        uuid,
  completed_at   timestamptz,
  completed_by   text,
  title_key      text COLLATE "C" NOT NULL,
  priority_order integer NOT NULL,
  due_order      timestamptz NOT NULL,
  search_text    text NOT NULL,
  created_at     timestamptz NOT NULL,
  created_by     text NOT NULL,
  updated_at     timestamptz NOT NULL,
  updated_by     text NOT NULL,
  version        integer NOT NULL,
  deleted_at     timestamptz,
  deletion_id    uuid,
  CONSTRAINT tasks_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT tasks_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT tasks_assignee_id_fk FOREIGN KEY (tenant_id, assignee_id) REFERENCES members (tenant_id, user_id),
  CONSTRAINT tasks_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
  CONSTRAINT tasks_deal_id_fk FOREIGN KEY (tenant_id, deal_id) REFERENCES deals (tenant_id, id)
);
CREATE INDEX tasks_by_created ON tasks (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_updated ON tasks (tenant_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_title ON tasks (tenant_id, title_key, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_priority ON tasks (tenant_id, priority_order, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_due ON tasks (tenant_id, due_order, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_assignee ON tasks (tenant_id, assignee_id, due_order, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_lead ON tasks (tenant_id, lead_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_deal ON tasks (tenant_id, deal_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_deletion ON tasks (tenant_id, deletion_id) WHERE deletion_id IS NOT NULL;

-- Things that were done.
CREATE TABLE activities (
  tenant_id        uuid NOT NULL,
  id               uuid NOT NULL,
  type             text NOT NULL,
  subject          text NOT NULL,
  body             text,
  occurred_at      timestamptz NOT NULL,
  duration_minutes integer,
  direction        text,
  lead_id          uuid,
  deal_id          uuid,
  task_id          uuid,
  user_id          text COLLATE "C" NOT NULL,
  search_text      text NOT NULL,
  created_at       timestamptz NOT NULL,
  created_by       text NOT NULL,
  updated_at       timestamptz NOT NULL,
  updated_by       text NOT NULL,
  version          integer NOT NULL,
  deleted_at       timestamptz,
  deletion_id      uuid,
  CONSTRAINT activities_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT activities_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT activities_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id),
  CONSTRAINT activities_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
  CONSTRAINT activities_deal_id_fk FOREIGN KEY (tenant_id, deal_id) REFERENCES deals (tenant_id, id),
  CONSTRAINT activities_task_id_fk FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);
CREATE INDEX activities_by_occurred ON activities (tenant_id, occurred_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_created ON activities (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_updated ON activities (tenant_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_user ON activities (tenant_id, user_id, occurred_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_lead ON activities (tenant_id, lead_id, occurred_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_deal ON activities (tenant_id, deal_id, occurred_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_task ON activities (tenant_id, task_id, occurred_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_by_deletion ON activities (tenant_id, deletion_id) WHERE deletion_id IS NOT NULL;

-- What happened to the records, written in the transaction that made it happen; append-only.
CREATE TABLE events (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  type        text NOT NULL,
  collection  text NOT NULL,
  record_id   uuid NOT NULL,
  version     integer NOT NULL,
  actor       text NOT NULL,
  occurred_at timestamptz NOT NULL,
  trace_id    text,
  changes     text NOT NULL,
  record      text NOT NULL,
  CONSTRAINT events_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT events_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX events_by_record ON events (tenant_id, record_id, version);

-- Requests made under a key, and their answers.
CREATE TABLE idempotency_keys (
  tenant_id     uuid NOT NULL,
  key_hash      text NOT NULL,
  body_hash     text NOT NULL,
  claimed_by    uuid NOT NULL,
  claimed_until timestamptz NOT NULL,
  created_at    timestamptz NOT NULL,
  status        integer,
  headers       text,
  body          bytea,
  CONSTRAINT idempotency_keys_pk PRIMARY KEY (tenant_id, key_hash),
  CONSTRAINT idempotency_keys_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX idempotency_keys_by_created ON idempotency_keys (tenant_id, created_at);
