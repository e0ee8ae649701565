-- How the tenant's leads find an owner. Whoever routes a lead holds the row.
CREATE TABLE routing_plans (
  tenant_id   uuid NOT NULL,
  is_active   boolean NOT NULL,
  rules       text NOT NULL,
  fallback_id text,
  updated_at  timestamptz NOT NULL,
  version     integer NOT NULL,
  CONSTRAINT routing_plans_pk PRIMARY KEY (tenant_id),
  CONSTRAINT routing_plans_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT routing_plans_fallback_id_fk FOREIGN KEY (tenant_id, fallback_id) REFERENCES members (tenant_id, user_id)
);
CALL raise_wall('routing_plans');

-- How far the candidates of each rule have come in turn.
CREATE TABLE routing_turns (
  tenant_id uuid NOT NULL,
  rule      text NOT NULL,
  turns     text NOT NULL,
  CONSTRAINT routing_turns_pk PRIMARY KEY (tenant_id, rule),
  CONSTRAINT routing_turns_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES routing_plans (tenant_id)
);
CALL raise_wall('routing_turns');

-- How many leads each member was given on the last day on which there were any.
CREATE TABLE routing_quotas (
  tenant_id uuid NOT NULL,
  user_id   text COLLATE "C" NOT NULL,
  day       date NOT NULL,
  leads     integer NOT NULL,
  CONSTRAINT routing_quotas_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT routing_quotas_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id)
);
CALL raise_wall('routing_quotas');

-- When and how many leads a member takes.
CREATE TABLE availabilities (
  tenant_id     uuid NOT NULL,
  user_id       text COLLATE "C" NOT NULL,
  accepts_leads boolean NOT NULL,
  leads_per_day integer,
  working_hours text,
  absences      text NOT NULL,
  updated_at    timestamptz,
  version       integer NOT NULL,
  CONSTRAINT availabilities_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT availabilities_user_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id)
);
CALL raise_wall('availabilities');

-- Each decision on whom a lead belongs to.
CREATE TABLE lead_routings (
  tenant_id         uuid NOT NULL,
  lead_id           uuid NOT NULL,
  number            integer NOT NULL,
  at                timestamptz NOT NULL,
  trigger           text NOT NULL,
  outcome           text NOT NULL,
  rule              text,
  strategy          text,
  account           text,
  previous_owner_id text,
  owner_id          text,
  assigned_at       timestamptz,
  candidates        text NOT NULL,
  respond_by        timestamptz,
  due_at            timestamptz,
  CONSTRAINT lead_routings_pk PRIMARY KEY (tenant_id, lead_id, number),
  CONSTRAINT lead_routings_lead_id_fk FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
CREATE INDEX lead_routings_due ON lead_routings (tenant_id, due_at, lead_id) WHERE due_at IS NOT NULL;
CALL raise_wall('lead_routings');

-- The domain by which leads of one company are known. Hosts that aren't written in ASCII get theirs when the lead is written next.
ALTER TABLE leads ADD COLUMN domain_key text COLLATE "C";
ALTER TABLE leads NO FORCE ROW LEVEL SECURITY;
WITH
  hosts AS (
    SELECT tenant_id, id,
      rtrim(regexp_replace(substring(lower(company_website) FROM '^(?:[a-z]+://)?([^/:?#]+)'), '^www\.', ''), '.') AS site,
      substring(email_key FROM '[^@]*$') AS mail
    FROM leads WHERE company_website IS NOT NULL OR email_key IS NOT NULL
  ),
  named AS (
    SELECT tenant_id, id, CASE WHEN site ~ '^[a-z0-9.-]+$' AND site LIKE '%.%' THEN site END AS site, CASE WHEN mail ~ '^[a-z0-9.-]+$' AND mail LIKE '%.%' THEN mail END AS mail FROM hosts
  ),
  free (domains) AS (
    SELECT ARRAY[
      '126.com', '163.com', 'aol.com', 'bigpond.com', 'bluewin.ch', 'bol.com.br', 'btinternet.com', 'comcast.net', 'cox.net',
      'earthlink.net', 'fastmail.com', 'fastmail.fm', 'foxmail.com', 'free.fr', 'freenet.de', 'gmail.com', 'gmx.at', 'gmx.ch',
      'gmx.com', 'gmx.de', 'gmx.net', 'googlemail.com', 'hey.com', 'hotmail.co.uk', 'hotmail.com', 'hotmail.de', 'hotmail.es',
      'hotmail.fr', 'hotmail.it', 'icloud.com', 'inbox.lv', 'laposte.net', 'libero.it', 'live.co.uk', 'live.com', 'live.de', 'live.fr',
      'live.nl', 'mac.com', 'mail.com', 'mail.ru', 'mailbox.org', 'me.com', 'msn.com', 'naver.com', 'o2.pl', 'online.de', 'orange.fr',
      'outlook.com', 'outlook.de', 'outlook.fr', 'pm.me', 'posteo.de', 'proton.me', 'protonmail.com', 'qq.com', 'rediffmail.com',
      'rocketmail.com', 'seznam.cz', 'sina.com', 'sky.com', 't-online.de', 'terra.com.br', 'tiscali.it', 'tutanota.com', 'uol.com.br',
      'verizon.net', 'virgilio.it', 'wanadoo.fr', 'web.de', 'wp.pl', 'ya.ru', 'yahoo.ca', 'yahoo.co.in', 'yahoo.co.jp', 'yahoo.co.uk',
      'yahoo.com', 'yahoo.com.br', 'yahoo.de', 'yahoo.es', 'yahoo.fr', 'yahoo.it', 'yandex.com', 'yandex.ru', 'ymail.com', 'zoho.com']
  )
UPDATE leads SET domain_key = coalesce(CASE WHEN site <> ALL (domains) THEN site END, CASE WHEN mail <> ALL (domains) THEN mail END)
FROM named CROSS JOIN free WHERE leads.tenant_id = named.tenant_id AND leads.id = named.id AND (site <> ALL (domains) OR mail <> ALL (domains));
ALTER TABLE leads FORCE ROW LEVEL SECURITY;
CREATE INDEX leads_by_domain ON leads (tenant_id, domain_key, created_at, id) WHERE deleted_at IS NULL AND domain_key IS NOT NULL;

-- Whoever looks at decisions again must find the tenants that have some, and is told their ids alone: a step of the index for each.
CREATE POLICY router ON lead_routings FOR SELECT TO CURRENT_USER USING (due_at IS NOT NULL);
DO $$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION tenants_to_route(due_by timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      WITH RECURSIVE
        first (tenant_id, at) AS (
          (SELECT tenant_id, due_at FROM %1$I.lead_routings WHERE due_at IS NOT NULL ORDER BY tenant_id, due_at LIMIT 1)
          UNION ALL
          SELECT next.tenant_id, next.due_at FROM first f CROSS JOIN LATERAL (
            SELECT r.tenant_id, r.due_at FROM %1$I.lead_routings r WHERE r.due_at IS NOT NULL AND r.tenant_id > f.tenant_id ORDER BY r.tenant_id, r.due_at LIMIT 1) next
        )
      SELECT tenant_id FROM first WHERE at <= due_by
    $body$
    $function$, current_schema());
END
$$;
REVOKE ALL ON FUNCTION tenants_to_route(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_to_route(timestamptz) TO crm_app;
