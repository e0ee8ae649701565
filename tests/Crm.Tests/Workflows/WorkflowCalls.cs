using System.Net;
using System.Text.Json;
using Crm.Database.Tenancy;
using Crm.Services.Events;
using Crm.Services.Workflows;
using Crm.Tests.Kit;
using Crm.Tests.Notifications;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Tests.Workflows;

internal static class WorkflowCalls
{
    public const string Root = "/api/automation/workflows";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A workflow that events begin.</summary>
    public static Dictionary<string, object?> On(string[] events, object[] actions, object? condition = null, bool oncePerRecord = false) => new(StringComparer.Ordinal)
    {
        ["name"] = "A workflow",
        ["trigger"] = new { events },
        ["condition"] = condition,
        ["oncePerRecord"] = oncePerRecord,
        ["actions"] = actions,
    };

    /// <summary>Makes a workflow that runs from now on.</summary>
    public static async Task<Guid> ActiveAsync(this Client manager, object workflow)
    {
        var made = (await manager.PostAsync(Root, workflow)).ShouldBe(HttpStatusCode.Created);
        (await manager.PostAsync($"{Root}/{made.Id}/activate")).ShouldBe(HttpStatusCode.OK);
        return made.Id;
    }

    /// <summary>Lets all happen that is due, and what that brings about.</summary>
    public static async Task SettleAsync(this CrmHost host)
    {
        do
        {
            await host.TellAsync();
        }
        while (await host.Services.GetRequiredService<WorkflowRunner>().RunDueAsync(Stop) + await host.Services.GetRequiredService<WorkflowRunner>().CallDueAsync(Stop) > 0);
    }

    /// <summary>What the worker does every second.</summary>
    public static async Task LookAsync(this CrmHost host)
    {
        await host.Services.GetRequiredService<WorkflowClock>().LookAsync(Stop);
        await host.SettleAsync();
    }

    /// <summary>The runs, the first first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> RunsAsync(this Client manager, string query = "") => (await manager.GetAsync($"/api/automation/runs?sort=startedAt&take=200{query}")).ShouldBe(HttpStatusCode.OK).Items;

    /// <summary>Each run as its state and the types of its steps that are done.</summary>
    public static async Task<List<string>> LinesAsync(this Client manager, string query = "") => [.. (await manager.RunsAsync(query)).Select(Line)];

    public static string Line(JsonElement run) =>
        string.Join(' ', run.GetProperty("steps").EnumerateArray().Where(step => step.GetProperty("doneAt").ValueKind != JsonValueKind.Null).Select(step => step.GetProperty("type").GetString()).Prepend(run.GetProperty("state").GetString()));

    /// <summary>The tasks of a lead or deal.</summary>
    public static async Task<IReadOnlyList<JsonElement>> TasksAsync(this Client client, string member, Guid id) => (await client.GetAsync($"/api/tasks?{member}={id}&sort=createdAt")).ShouldBe(HttpStatusCode.OK).Items;

    public static async Task ReplayAsync(this Client client)
    {
        await using var work = client.Host.Services.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(client.TenantId, "test");
        await work.ServiceProvider.GetRequiredService<LogConsumers>().ReplayAsync("workflows", DateTimeOffset.UnixEpoch, Stop);
    }

    /// <summary>What of steps was decided when they were, without what doing them added.</summary>
    public static string Decided(JsonElement steps) => JsonSerializer.Serialize(steps.EnumerateArray().Select(step => step.EnumerateObject().Where(member => member.Name is not "taskId" and not "doneAt").ToDictionary(member => member.Name, member => member.Value)));
}
