-- What currencies are worth in each other, in units of the tenth decimal, from a date on; append-only but for the end, which the next version brings. Null where it was withdrawn.
CREATE TABLE currency_rates (
  tenant_id     TEXT NOT NULL,
  id            TEXT NOT NULL,
  from_currency TEXT NOT NULL,
  to_currency   TEXT NOT NULL,
  date          TEXT NOT NULL,
  version       INTEGER NOT NULL,
  units         INTEGER,
  at            INTEGER NOT NULL,
  until         INTEGER NOT NULL,
  CONSTRAINT currency_rates_pk PRIMARY KEY (tenant_id, from_currency, to_currency, date, version),
  CONSTRAINT currency_rates_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX currency_rates_by_until ON currency_rates (tenant_id, until, date, id);

CREATE TRIGGER currency_rates_end AFTER INSERT ON currency_rates WHEN NEW.version > 1
BEGIN
  UPDATE currency_rates SET until = NEW.at
  WHERE tenant_id = NEW.tenant_id AND from_currency = NEW.from_currency AND to_currency = NEW.to_currency AND date = NEW.date AND version < NEW.version AND until > NEW.at;
END;
