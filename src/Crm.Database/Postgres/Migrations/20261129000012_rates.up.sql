-- What currencies are worth in each other, in units of the tenth decimal, from a date on; append-only but for the end, which the next version brings. Null where it was withdrawn.
CREATE TABLE currency_rates (
  tenant_id     uuid NOT NULL,
  id            uuid NOT NULL,
  from_currency text NOT NULL,
  to_currency   text NOT NULL,
  date          date NOT NULL,
  version       integer NOT NULL,
  units         bigint,
  at            bigint NOT NULL,
  until         bigint NOT NULL,
  CONSTRAINT currency_rates_pk PRIMARY KEY (tenant_id, from_currency, to_currency, date, version),
  CONSTRAINT currency_rates_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX currency_rates_by_until ON currency_rates (tenant_id, until, date, id);
CALL raise_wall('currency_rates');

CREATE FUNCTION end_currency_rates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE currency_rates SET until = NEW.at
  WHERE tenant_id = NEW.tenant_id AND from_currency = NEW.from_currency AND to_currency = NEW.to_currency AND date = NEW.date AND version < NEW.version AND until > NEW.at;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION end_currency_rates() FROM PUBLIC;
CREATE TRIGGER currency_rates_end AFTER INSERT ON currency_rates FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION end_currency_rates();

-- amount * times / divisor, rounded half to even, all of them whole and not below 0. In one expression, so that queries take it in; with numbers of 64 bits where they suffice, which are quicker.
-- What lies half way is rounded up first, and then down again to be even.
CREATE FUNCTION convert_amount(amount bigint, times bigint, divisor bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN amount <= (9223372036854775807 - divisor) / 2 / times
    THEN (2 * amount * times + divisor) / (2 * divisor) - CASE WHEN (2 * amount * times + divisor) % (4 * divisor) = 2 * divisor THEN 1 ELSE 0 END
    ELSE (div(2 * amount::numeric * times + divisor, 2 * divisor) - CASE WHEN mod(2 * amount::numeric * times + divisor, 4 * divisor) = 2 * divisor THEN 1 ELSE 0 END)::bigint
  END
$$;
