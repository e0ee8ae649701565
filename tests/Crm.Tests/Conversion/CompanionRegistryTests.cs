using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.Registry;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>Converting by the registry that is a service of its own.</summary>
public sealed class CompanionRegistryTests
{
    private const string Key = "a-key-for-the-tests";

    [Theory, EachDatabase]
    public async Task A_lead_becomes_a_customer_there_and_one_of_the_same_address_the_same_customer(Database database)
    {
        await using var registry = await RegistryHost.StartAsync(apiKey: Key);
        await using var host = await StartAsync(database, registry, Key);
        var client = host.NewTenant(Role.Rep);
        var lead = await client.MakeAsync("leads", new { firstName = "Zoë", lastName = "Brückner", email = "zoe@example.com", companyName = "Example", companySize = "51-200" });
        var same = await client.MakeAsync("leads", new { lastName = "Brueckner", email = "ZOE@example.com" });

        var converted = (await client.ConvertAsync(lead)).ShouldBe(HttpStatusCode.OK);
        var adopted = (await client.ConvertAsync(same)).ShouldBe(HttpStatusCode.OK);

        var customer = (await ItemsAsync(registry, client)).ShouldHaveSingleItem();
        (customer.GetProperty("externalReference").GetString(), customer.GetProperty("firstName").GetString(), customer.GetProperty("company").GetProperty("size").GetString()).ShouldBe(($"lead:{lead}", "Zoë", "51-200"));
        await client.ShouldBeCompletedAsync(converted["conversionId"].GetGuid(), lead, customer.GetProperty("id").GetString()!);
        await client.ShouldBeCompletedAsync(adopted["conversionId"].GetGuid(), same, customer.GetProperty("id").GetString()!);
        (await ItemsAsync(registry, host.NewTenant())).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task Its_refusal_is_told(Database database)
    {
        await using var registry = await RegistryHost.StartAsync(apiKey: Key);
        await using var host = await StartAsync(database, registry, "another-key");
        var client = host.NewTenant(Role.Rep);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });

        (await client.ConvertAsync(lead)).ShouldFail(HttpStatusCode.UnprocessableEntity, "registry-rejected")["detail"].GetString()!.ShouldContain("doesn't accept this service's key");

        (await ItemsAsync(registry, client)).ShouldBeEmpty();
        (await client.EventsAsync(lead)).ShouldBe(["lead.created"]);
    }

    private static async Task<CrmHost> StartAsync(Database database, RegistryHost registry, string key) =>
        await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder =>
            (builder.Configuration["Registry:BaseUrl"], builder.Configuration["Registry:ApiKey"]) = ($"{registry.Http.BaseAddress}", key));

    private static async Task<List<JsonElement>> ItemsAsync(RegistryHost registry, Client client) =>
        [.. (await registry.SendAsync(HttpMethod.Get, "/api/customers", client.TenantId)).Body.GetProperty("items").EnumerateArray()];
}
