CREATE TABLE IF NOT EXISTS customers (
    number             INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of the list
    tenant_id          TEXT NOT NULL,
    id                 TEXT NOT NULL,
    external_reference TEXT,
    email_key          TEXT,
    idempotency_key    TEXT,
    request            TEXT NOT NULL, -- as it was asked for, so that a key is not used for something else
    customer           TEXT NOT NULL, -- as it is answered
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, external_reference),
    UNIQUE (tenant_id, email_key),
    UNIQUE (tenant_id, idempotency_key)
);
CREATE INDEX IF NOT EXISTS customers_in_order ON customers (tenant_id, number);
