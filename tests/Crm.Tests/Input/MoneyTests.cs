using System.Globalization;
using System.Net;
using Crm.Contracts.Failures;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Input;

public sealed class MoneyTests
{
    private static readonly (string Collection, string Member, string Body)[] Amounts =
        [("leads", "estimatedValue", "{\"lastName\":\"Lovelace\",\"estimatedValue\":@}"), ("deals", "value", "{\"name\":\"Engine\",\"value\":@}")];

    [Theory, EachDatabase]
    public async Task An_amount_comes_back_exactly(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var (given, answered) in new[]
                 {
                     ("0", "0"), ("0.0001", "0.0001"), ("0.1", "0.1"), ("1.10", "1.1"), ("100.0000", "100"), ("1e2", "100"), ("12.5E-1", "1.25"), ("1.0000000000000000000000", "1"),
                     ("999999999999.9999", "999999999999.9999"), ("999999999999.99990000", "999999999999.9999"), ("900719925474.0993", "900719925474.0993"), ("-0", "0"), ("-0.0", "0"), ("\"7.25\"", "7.25"),
                 })
        {
            foreach (var (collection, member, body) in Amounts)
            {
                var made = (await client.PostAsync($"/api/{collection}", body.Replace("@", given, StringComparison.Ordinal))).ShouldBe(HttpStatusCode.Created);
                made[member].GetRawText().ShouldBe(answered, given);
                (await client.GetAsync($"/api/{collection}/{made.Id}")).Text.ShouldBe(made.Text);
                var amount = decimal.Parse(answered, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
                (await client.GetAsync($"/api/{collection}?valueFrom={amount}&valueTo={amount}&sort={member}&total=exact")).Items.ShouldContain(item => item.GetProperty("id").GetGuid() == made.Id);
            }
        }
    }

    [Theory, EachDatabase]
    public async Task An_amount_out_of_bounds_or_finer_than_four_decimals_is_refused(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var amount in new[]
                 {
                     "-0.0001", "-1", "1000000000000", "999999999999.99991", "1e12", "1e28", "1e29", "1e400", "0.00001", "0.12345", "1e-5", "1e-28", "1e-29", "1e-400", "\"0.00001\"",
                     "1.00000000000000000000000000000000000000001", "0.00000000000000000000000000000000000000001", "999999999999.99990000000000000000000000000000001",
                 })
        {
            foreach (var (collection, member, body) in Amounts)
            {
                Findings.Fault(await client.PostAsync($"/api/{collection}", body.Replace("@", amount, StringComparison.Ordinal)), 400, FailureCodes.Validation, $"/{member}").ShouldBeNull(amount);
            }
        }

        foreach (var amount in new[] { "-1", "1000000000000", "0.00001", "1.00000000000000000000000000000000000000001", "x", "" })
        {
            Findings.Fault(await client.GetAsync($"/api/leads?valueFrom={amount}"), 400, FailureCodes.Validation, "valueFrom").ShouldBeNull(amount);
        }

        (await client.GetAsync("/api/deals")).Items.ShouldBeEmpty();
        (await client.GetAsync("/api/leads")).Items.ShouldBeEmpty();
    }
}
