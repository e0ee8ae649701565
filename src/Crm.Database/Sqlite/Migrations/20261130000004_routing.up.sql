-- How the tenant's leads find an owner. Whoever routes a lead holds the row.
CREATE TABLE routing_plans (
  tenant_id   TEXT NOT NULL,
  is_active   INTEGER NOT NULL,
  rules       TEXT NOT NULL,
  fallback_id TEXT,
  updated_at  INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  CONSTRAINT routing_plans_pk PRIMARY KEY (tenant_id),
  CONSTRAINT routing_plans_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT routing_plans_fallback_id_fk FOREIGN KEY (tenant_id, fallback_id) REFERENCES members (tenant_id, user_id)
);

-- How far the candidates of each rule have come in turn.
CREATE TABLE routing_turns (
  tenant_id TEXT NOT NULL,
  rule      TEXT NOT NULL,
  turns     TEXT NOT NULL,
  CONSTRAINT routing_turns_pk PRIMARY KEY (tenant_id, rule),
  CONSTRAINT routing_turns_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES routing_plans (tenant_id)
);

-- How many leads each member was given on the last day on which there were any.
CREATE TABLE routing_quotas (
  tenant_id TEXT NOT NULL,
  user_id   TEXT NOT NULL,
  day       TEXT NOT NULL,
  leads     INTEGER NOT NULL,
  CONSTRAINT routing_quotas_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT routing_quotas_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id)
);

-- When and how many leads a member takes.
CREATE TABLE availabilities (
  tenant_id     TEXT NOT NULL,
  user_id       TEXT NOT NULL,
  accepts_leads INTEGER NOT NULL,
  leads_per_day INTEGER,
  working_hours TEXT,
  absences      TEXT NOT NULL,
  updated_at    INTEGER,
  version       INTEGER NOT NULL,
  CONSTRAINT availabilities_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT availabilities_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id)
);

-- Each decision on whom a lead belongs to.
CREATE TABLE lead_routings (
  tenant_id         TEXT NOT NULL,
  lead_id           TEXT NOT NULL,
  number            INTEGER NOT NULL,
  at                INTEGER NOT NULL,
  trigger           TEXT NOT NULL,
  outcome           TEXT NOT NULL,
  rule              TEXT,
  strategy          TEXT,
  account           TEXT,
  previous_owner_id TEXT,
  owner_id          TEXT,
  assigned_at       INTEGER,
  candidates        TEXT NOT NULL,
  respond_by        INTEGER,
  due_at            INTEGER,
  CONSTRAINT lead_routings_pk PRIMARY KEY (tenant_id, lead_id, number),
  CONSTRAINT lead_routings_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
CREATE INDEX lead_routings_due ON lead_routings (tenant_id, due_at, lead_id) WHERE due_at IS NOT NULL;

-- The domain by which leads of one company are known. Hosts that aren't written in ASCII get theirs when the lead is written next.
ALTER TABLE leads ADD COLUMN domain_key TEXT;
WITH
  bare AS (SELECT tenant_id, id, substr(lower(company_website), instr(lower(company_website), '://') + CASE WHEN instr(company_website, '://') > 0 THEN 3 ELSE 1 END) AS site, email_key AS mail FROM leads),
  short AS (SELECT tenant_id, id, substr(site, 1, instr(site || '/', '/') - 1) AS site, substr(mail, instr(mail, '@') + 1) AS mail FROM bare),
  shorter AS (SELECT tenant_id, id, substr(site, 1, instr(site || '?', '?') - 1) AS site, mail FROM short),
  shortest AS (SELECT tenant_id, id, substr(site, 1, instr(site || '#', '#') - 1) AS site, mail FROM shorter),
  hosts AS (SELECT tenant_id, id, rtrim(substr(site, CASE WHEN site LIKE 'www.%' THEN 5 ELSE 1 END, instr(site || ':', ':') - CASE WHEN site LIKE 'www.%' THEN 5 ELSE 1 END), '.') AS site, mail FROM shortest),
  free (domain) AS (SELECT value FROM json_each('["126.com", "163.com", "aol.com", "bigpond.com", "bluewin.ch", "bol.com.br", "btinternet.com", "comcast.net", "cox.net", "earthlink.net", "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.it", "icloud.com", "inbox.lv", "laposte.net", "libero.it", "live.co.uk", "live.com", "live.de", "live.fr", "live.nl", "mac.com", "mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com", "naver.com", "o2.pl", "online.de", "orange.fr", "outlook.com", "outlook.de", "outlook.fr", "pm.me", "posteo.de", "proton.me", "protonmail.com", "qq.com", "rediffmail.com", "rocketmail.com", "seznam.cz", "sina.com", "sky.com", "t-online.de", "terra.com.br", "tiscali.it", "tutanota.com", "uol.com.br", "verizon.net", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "yahoo.ca", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.br", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru", "ymail.com", "zoho.com"]')),
  named AS (
    SELECT tenant_id, id,
      CASE WHEN site NOT GLOB '*[^a-z0-9.-]*' AND site LIKE '%.%' AND site NOT IN (SELECT domain FROM free) THEN site END AS site,
      CASE WHEN mail NOT GLOB '*[^a-z0-9.-]*' AND mail LIKE '%.%' AND mail NOT IN (SELECT domain FROM free) THEN mail END AS mail
    FROM hosts
  )
UPDATE leads SET domain_key = coalesce(named.site, named.mail) FROM named WHERE leads.tenant_id = named.tenant_id AND leads.id = named.id AND (named.site IS NOT NULL OR named.mail IS NOT NULL);
CREATE INDEX leads_by_domain ON leads (tenant_id, domain_key, created_at, id) WHERE deleted_at IS NULL AND domain_key IS NOT NULL;
