using System.Net;
using System.Text.Json;
using Crm.Services.Routing;
using Crm.Tests.Kit;
using Crm.Tests.Notifications;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Tests.Routing;

internal static class RoutingCalls
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A rule among some users, each with the weight 1.</summary>
    public static object Rule(string name, params string[] users) => new { name, candidates = users.Select(userId => new { userId }) };

    /// <summary>Makes members of the users, and routes new leads by the rules.</summary>
    public static async Task<Client> RouteByAsync(this Client admin, string[] users, object rules, string? fallbackId = null)
    {
        foreach (var user in users) await admin.MemberAsync(user);
        (await admin.PatchAsync("/api/automation/routing", new { isActive = true, rules, fallbackId })).ShouldBe(HttpStatusCode.OK);
        return admin;
    }

    public static async Task SetAsync(this Client admin, string user, object availability) => (await admin.PatchAsync($"/api/automation/availability/{user}", availability)).ShouldBe(HttpStatusCode.OK);

    /// <summary>A lead that came without an owner, once it was routed.</summary>
    public static async Task<Guid> MakeRoutedAsync(this Client client, object? fields = null)
    {
        var lead = await client.MakeAsync("leads", fields ?? new { lastName = "Hopper" });
        await client.Host.TellAsync();
        return lead;
    }

    public static async Task<string?> OwnerAsync(this Client client, Guid lead) => (await client.GetAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.OK)["ownerId"].GetString();

    public static async Task<IReadOnlyList<JsonElement>> DecisionsAsync(this Client client, Guid lead) => (await client.GetAsync($"/api/leads/{lead}/routing")).ShouldBe(HttpStatusCode.OK).Items;

    /// <summary>Each decision as its trigger, outcome and owner.</summary>
    public static async Task<List<string>> LinesAsync(this Client client, Guid lead) =>
        [.. (await client.DecisionsAsync(lead)).Select(one => $"{one.GetProperty("trigger")} {one.GetProperty("outcome")} {one.GetProperty("ownerId")}".Trim())];

    /// <summary>Why each who was considered by the last decision was passed over.</summary>
    public static async Task<List<string>> PassedOverAsync(this Client client, Guid lead) =>
        [.. (await client.DecisionsAsync(lead))[^1].GetProperty("candidates").EnumerateArray().Select(one => $"{one.GetProperty("userId")} {one.GetProperty("passedOver")}".Trim())];

    /// <summary>What the worker does every second.</summary>
    public static Task ReviewAsync(this CrmHost host) => host.Services.GetRequiredService<RoutingClock>().ReviewDueAsync(Stop);
}
