using System.Net;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Crm.Tests.Conversion;

internal static class ConversionCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task<Answer> ConvertAsync(this Client client, Guid lead, params (string Name, string Value)[] headers) => client.PostAsync($"/api/leads/{lead}/convert", null, headers);

    /// <summary>Converts a lead while the registry can't, and says what is under way.</summary>
    public static async Task<Guid> PendAsync(this Client client, Guid lead)
    {
        var answer = (await client.ConvertAsync(lead)).ShouldBe(HttpStatusCode.Accepted);
        answer["state"].GetString().ShouldBe("PENDING");
        return answer["conversionId"].GetGuid();
    }

    public static async Task<Answer> ConversionAsync(this Client client, Guid id) => (await client.GetAsync($"/api/conversions/{id}")).ShouldBe(HttpStatusCode.OK);

    /// <summary>Waits for as long as a conversion is pending, and somebody works on it by himself.</summary>
    public static async Task<Answer> EndAsync(this Client client, Guid id)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var conversion = await client.ConversionAsync(id);
            if (conversion["state"].GetString() != "PENDING") return conversion;
            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>Ends the wait, or the lease, of a conversion, as time would.</summary>
    public static Task LetPassAsync(this Client client, Guid id) => client.Host.QueryAsync(client.TenantId, db => db.InTransactionAsync(
        () => db.Conversions.Where(c => c.Id == id).ExecuteUpdateAsync(row => row.SetProperty(c => c.DueAt, DateTimeOffset.UnixEpoch)), CancellationToken.None));

    /// <summary>A conversion that has come to one customer: the lead is converted, once, and what was kept from it can be done again.</summary>
    public static async Task ShouldBeCompletedAsync(this Client client, Guid conversionId, Guid lead, string customerId)
    {
        var conversion = await client.ConversionAsync(conversionId);
        conversion["state"].GetString().ShouldBe("COMPLETED", conversion.Text);
        conversion["customerId"].GetString().ShouldBe(customerId);
        conversion["lead"].GetProperty("status").GetString().ShouldBe("CONVERTED");
        (await client.EventsAsync(lead)).ShouldBe(["lead.created", "lead.converted"]);
        (await client.PatchAsync($"/api/leads/{lead}", new { description = "A customer" })).ShouldBe(HttpStatusCode.OK)["customerId"].GetString().ShouldBe(customerId);
    }
}
