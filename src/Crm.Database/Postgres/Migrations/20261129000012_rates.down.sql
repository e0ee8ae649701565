DROP TABLE currency_rates;
DROP FUNCTION end_currency_rates();
DROP FUNCTION convert_amount(bigint, bigint, bigint);
