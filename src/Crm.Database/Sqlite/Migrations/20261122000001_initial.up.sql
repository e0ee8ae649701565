-- Every key, unique key, index and foreign key starts with the tenant, so that a reference into another tenant can't be stored.
-- Money is a whole number of ten-thousandths of its currency. Instants are microseconds since 1970, dates and ids are text.

-- Tenants and their settings.
CREATE TABLE tenants (
  tenant_id  TEXT NOT NULL,
  name       TEXT,
  time_zone  TEXT NOT NULL,
  currency   TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  CONSTRAINT tenants_pk PRIMARY KEY (tenant_id)
);

-- Users of a tenant.
CREATE TABLE members (
  tenant_id  TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  name       TEXT,
  email      TEXT,
  role       TEXT NOT NULL,
  name_key   TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  CONSTRAINT members_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT members_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX members_by_name ON members (tenant_id, name_key, user_id);
CREATE INDEX members_by_created ON members (tenant_id, created_at, user_id);

-- Ways of a deal.
CREATE TABLE pipelines (
  tenant_id  TEXT NOT NULL,
  id         TEXT NOT NULL,
  name       TEXT NOT NULL,
  is_default INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  CONSTRAINT pipelines_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT pipelines_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX pipelines_default ON pipelines (tenant_id) WHERE is_default;

-- Stages of a pipeline, in the order of their position.
CREATE TABLE stages (
  tenant_id    TEXT NOT NULL,
  pipeline_id  TEXT NOT NULL,
  key          TEXT NOT NULL,
  name         TEXT NOT NULL,
  position     INTEGER NOT NULL,
  probability  INTEGER NOT NULL,
  kind         TEXT NOT NULL,
  rotting_days INTEGER,
  CONSTRAINT stages_pk PRIMARY KEY (tenant_id, pipeline_id, key),
  CONSTRAINT stages_pipeline_id_fk FOREIGN KEY (tenant_id, pipeline_id) REFERENCES pipelines (tenant_id, id)
);

-- People who may become customers. The columns that end in _key are folded copies to look up by, those that end in _order never null to sort by.
CREATE TABLE leads (
  tenant_id         TEXT NOT NULL,
  id                TEXT NOT NULL,
  first_name        TEXT,
  last_name         TEXT NOT NULL,
  email             TEXT,
  phone             TEXT,
  job_title         TEXT,
  company_name      TEXT,
  company_website   TEXT,
  company_industry  TEXT,
  company_size      TEXT,
  status            TEXT NOT NULL,
  source            TEXT NOT NULL,
  estimated_value   INTEGER,
  currency          TEXT NOT NULL,
  owner_id          TEXT,
  description       TEXT,
  tags              TEXT NOT NULL,
  score             INTEGER,
  converted_at      INTEGER,
  customer_id       TEXT,
  converted_deal_id TEXT,
  name_key          TEXT NOT NULL,
  company_key       TEXT NOT NULL,
  email_key         TEXT,
  phone_key         TEXT,
  value_order       INTEGER NOT NULL,
  score_order       INTEGER NOT NULL,
  search_text       TEXT NOT NULL,
  created_at        INTEGER NOT NULL,
  created_by        TEXT NOT NULL,
  updated_at        INTEGER NOT NULL,
  updated_by        TEXT NOT NULL,
  version           INTEGER NOT NULL,
  deleted_at        INTEGER,
  deletion_id       TEXT,
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
  tenant_id  TEXT NOT NULL,
  lead_id    TEXT NOT NULL,
  ordinal    INTEGER NOT NULL,
  status     TEXT NOT NULL,
  entered_at INTEGER NOT NULL,
  entered_by TEXT NOT NULL,
  left_at    INTEGER,
  CONSTRAINT lead_stays_pk PRIMARY KEY (tenant_id, lead_id, ordinal),
  CONSTRAINT lead_stays_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
CREATE UNIQUE INDEX lead_stays_open ON lead_stays (tenant_id, lead_id) WHERE left_at IS NULL;

-- A row a tag, so that an index finds a lead by it.
CREATE TABLE lead_tags (
  tenant_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  key       TEXT NOT NULL,
  CONSTRAINT lead_tags_pk PRIMARY KEY (tenant_id, record_id, key),
  CONSTRAINT lead_tags_record_id_fk FOREIGN KEY (tenant_id, record_id) REFERENCES leads (tenant_id, id)
);
CREATE INDEX lead_tags_by_key ON lead_tags (tenant_id, key, record_id);

-- Sales that may come about.
CREATE TABLE deals (
  tenant_id            TEXT NOT NULL,
  id                   TEXT NOT NULL,
  name                 TEXT NOT NULL,
  lead_id              TEXT,
  customer_id          TEXT,
  pipeline_id          TEXT NOT NULL,
  stage                TEXT NOT NULL,
  stage_entered_at     INTEGER NOT NULL,
  value                INTEGER,
  currency             TEXT NOT NULL,
  probability          INTEGER,
  expected_close_date  TEXT,
  owner_id             TEXT,
  description          TEXT,
  tags                 TEXT NOT NULL,
  closed_at            INTEGER,
  lost_reason          TEXT,
  name_key             TEXT NOT NULL,
  value_order          INTEGER NOT NULL,
  expected_close_order TEXT NOT NULL,
  closed_order         INTEGER NOT NULL,
  search_text          TEXT NOT NULL,
  created_at           INTEGER NOT NULL,
  created_by           TEXT NOT NULL,
  updated_at           INTEGER NOT NULL,
  updated_by           TEXT NOT NULL,
  version              INTEGER NOT NULL,
  deleted_at           INTEGER,
  deletion_id          TEXT,
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
  tenant_id   TEXT NOT NULL,
  deal_id     TEXT NOT NULL,
  ordinal     INTEGER NOT NULL,
  pipeline_id TEXT NOT NULL,
  stage       TEXT NOT NULL,
  entered_at  INTEGER NOT NULL,
  entered_by  TEXT NOT NULL,
  left_at     INTEGER,
  CONSTRAINT deal_stays_pk PRIMARY KEY (tenant_id, deal_id, ordinal),
  CONSTRAINT deal_stays_deal_id_fk FOREIGN KEY (tenant_id, deal_id) REFERENCES deals (tenant_id, id),
  CONSTRAINT deal_stays_stage_fk FOREIGN KEY (tenant_id, pipeline_id, stage) REFERENCES stages (tenant_id, pipeline_id, key)
);
CREATE UNIQUE INDEX deal_stays_open ON deal_stays (tenant_id, deal_id) WHERE left_at IS NULL;

-- What a deal was worth and where it stood from a version on; append-only.
CREATE TABLE deal_snapshots (
  tenant_id           TEXT NOT NULL,
  deal_id             TEXT NOT NULL,
  version             INTEGER NOT NULL,
  at                  INTEGER NOT NULL,
  actor               TEXT NOT NULL,
  pipeline_id         TEXT NOT NULL,
  stage               TEXT NOT NULL,
  stage_entered_at    INTEGER NOT NULL,
  closed_at           INTEGER,
  value               INTEGER,
  currency            TEXT NOT NULL,
  probability         INTEGER NOT NULL,
  expected_close_date TEXT,
  owner_id            TEXT,
  lead_id             TEXT,
  is_deleted          INTEGER NOT NULL,
  CONSTRAINT deal_snapshots_pk PRIMARY KEY (tenant_id, deal_id, version),
  CONSTRAINT deal_snapshots_deal_id_fk FOREIGN KEY (tenant_id, deal_id) REFERENCES deals (tenant_id, id)
);

-- A row a tag, so that an index finds a deal by it.
CREATE TABLE deal_tags (
  tenant_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  key       TEXT NOT NULL,
  CONSTRAINT deal_tags_pk PRIMARY KEY (tenant_id, record_id, key),
  CONSTRAINT deal_tags_record_id_fk FOREIGN KEY (tenant_id, record_id) REFERENCES deals (tenant_id, id)
);
CREATE INDEX deal_tags_by_key ON deal_tags (tenant_id, key, record_id);

-- Things to do.
CREATE TABLE tasks (
  tenant_id      TEXT NOT NULL,
  id             TEXT NOT NULL,
  title          TEXT NOT NULL,
  description    TEXT,
  type           TEXT NOT NULL,
  priority       TEXT NOT NULL,
  due_at         INTEGER,
  remind_at      INTEGER,
  assignee_id    TEXT,
  lead_id        TEXT,
  deal_id        TEXT,
  completed_at   INTEGER,
  completed_by   TEXT,
  title_key      TEXT NOT NULL,
  priority_order INTEGER NOT NULL,
  due_order      INTEGER NOT NULL,
  search_text    TEXT NOT NULL,
  created_at     INTEGER NOT NULL,
  created_by     TEXT NOT NULL,
  updated_at     INTEGER NOT NULL,
  updated_by     TEXT NOT NULL,
  version        INTEGER NOT NULL,
  deleted_at     INTEGER,
  deletion_id    TEXT,
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
  tenant_id        TEXT NOT NULL,
  id               TEXT NOT NULL,
  type             TEXT NOT NULL,
  subject          TEXT NOT NULL,
  body             TEXT,
  occurred_at      INTEGER NOT NULL,
  duration_minutes INTEGER,
  direction        TEXT,
  lead_id          TEXT,
  deal_id          TEXT,
  task_id          TEXT,
  user_id          TEXT NOT NULL,
  search_text      TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  created_by       TEXT NOT NULL,
  updated_at       INTEGER NOT NULL,
  updated_by       TEXT NOT NULL,
  version          INTEGER NOT NULL,
  deleted_at       INTEGER,
  deletion_id      TEXT,
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
  tenant_id   TEXT NOT NULL,
  id          TEXT NOT NULL,
  type        TEXT NOT NULL,
  collection  TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  version     INTEGER NOT NULL,
  actor       TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  trace_id    TEXT,
  changes     TEXT NOT NULL,
  record      TEXT NOT NULL,
  CONSTRAINT events_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT events_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX events_by_record ON events (tenant_id, record_id, version);

-- Requests made under a key, and their answers.
CREATE TABLE idempotency_keys (
  tenant_id     TEXT NOT NULL,
  key_hash      TEXT NOT NULL,
  body_hash     TEXT NOT NULL,
  claimed_by    TEXT NOT NULL,
  claimed_until INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  status        INTEGER,
  headers       TEXT,
  body          BLOB,
  CONSTRAINT idempotency_keys_pk PRIMARY KEY (tenant_id, key_hash),
  CONSTRAINT idempotency_keys_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX idempotency_keys_by_created ON idempotency_keys (tenant_id, created_at);
