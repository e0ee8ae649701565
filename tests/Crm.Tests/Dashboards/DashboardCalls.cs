using System.Net;
using System.Text.Json;

namespace Crm.Tests.Dashboards;

/// <summary>Dashboards as a client asks for them.</summary>
internal static class DashboardCalls
{
    public static object Report(string report, object? parameters = null, string? key = null) => new { key, name = $"The {report}", report, parameters };

    /// <summary>Lets the tenant keep for an admin the role that the token says.</summary>
    public static async Task KeepRoleAsync(this Client admin)
    {
        await admin.GetAsync("/api/me");
        (await admin.PatchAsync($"/api/members/{admin.User}", new { role = "ADMIN" })).ShouldBe(HttpStatusCode.OK);
    }

    public static Task<Guid> DashboardAsync(this Client client, params object[] reports) => client.MakeAsync("dashboards", new { name = "Round", reports });

    public static Task<Guid> SharedAsync(this Client client, object? schedule, params object[] reports) => client.MakeAsync("dashboards", new { name = "Round", isShared = true, reports, schedule });

    public static async Task<IReadOnlyList<JsonElement>> AnswersAsync(this Client client, Guid id, string query = "") =>
        [.. (await client.GetAsync($"/api/dashboards/{id}/reports{query}")).ShouldBe(HttpStatusCode.OK)["reports"].EnumerateArray()];

    public static async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(this Client client, Guid id) => (await client.GetAsync($"/api/dashboards/{id}/deliveries?sort=dueAt")).ShouldBe(HttpStatusCode.OK).Items;

    public static string Text(this JsonElement json, string member) => json.GetProperty(member).ToString();
}
