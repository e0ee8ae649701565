using System.Globalization;
using System.Net;
using Crm.Contracts.Events;
using Crm.Contracts.Workflows;
using Crm.Tests.Hosting;
using Crm.Tests.Kit;
using Crm.Tests.Routing;
using Crm.Tests.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;
using static Crm.Tests.Workflows.WorkflowCalls;

namespace Crm.Tests.Workflows;

/// <summary>
/// The worker killed (SIGKILL) at random moments while leads come in that are scored, routed, and run through workflows; CRM_WORKFLOW_KILLS sets how often.
/// </summary>
public sealed class WorkflowKillTests
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("CRM_WORKFLOW_KILLS") is { Length: > 0 } text ? text : "4", CultureInfo.InvariantCulture);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(3 * Kills);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Killed_at_any_moment_it_does_nothing_twice_and_leaves_nothing_undone(Database database)
    {
        await using var endpoint = await StubEndpoint.StartAsync();
        await using var window = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Configuration["Webhooks:AllowPrivateNetworks"] = "true");
        var (ada, url) = (await AutomatedAsync(window.NewTenant()), endpoint.NewUrl());
        await CallingAsync(ada, url);
        endpoint.Answer(url, async _ =>
        {
            await Task.Delay(50); // so that some are killed while they wait for it
            return Results.NoContent();
        });
        using var killed = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var writing = WriteAsync(ada, killed.Token);
        for (var i = 0; i < Kills; i++)
        {
            await using var dying = Worker(window);
            await Task.Delay(Random.Shared.Next(700, 4000), Stop); // starting takes about one second of it
            dying.Kill();
        }

        await killed.CancelAsync();
        var leads = await writing;
        var since = TimeProvider.System.GetTimestamp();
        await using (Worker(window)) await DrainedAsync(ada);
        var drained = TimeProvider.System.GetElapsedTime(since);
        await AssertOnceAsync(ada, leads);
        endpoint.SentTo(url).DistinctBy(sent => sent.Id).Count().ShouldBe(leads);
        var sent = endpoint.SentTo(url).Count;
        await ada.ReplayAsync();
        await window.SettleAsync();
        await AssertOnceAsync(ada, leads);
        endpoint.SentTo(url).Count.ShouldBe(sent);
        await Report.AddAsync("kills", database, string.Create(CultureInfo.InvariantCulture, $"{Kills} | {leads} | {4 * leads} | {2 * leads} | {sent - leads} | {drained.TotalSeconds:0}"));
    }

    private static async Task<Client> AutomatedAsync(Client ada)
    {
        await ada.RouteByAsync(["bea", "cid"], new[] { RoutingCalls.Rule("All", "bea", "cid") });
        (await ada.PatchAsync("/api/automation/scoring", new { isActive = true, rules = new object[] { new { name = "Website", points = 40, condition = new { field = "source", @is = "WEBSITE" } } } })).ShouldBe(HttpStatusCode.OK);
        await ada.ActiveAsync(On(["lead.created", "lead.assigned"], [new { type = "CREATE_TASK", text = "Call {lastName}", taskType = "CALL", minutes = 60 }, new { type = "ADD_TAG", tag = "called" }], new { field = "ownerId", isEmpty = false }, oncePerRecord: true));
        await ada.ActiveAsync(On(["lead.scored"], [new { type = "NOTIFY", text = "{lastName}: {score}", userId = "bea" }, new { type = "SET_FIELDS", fields = new { description = "Scored" } }], new { field = "score", greaterThan = 30 }, oncePerRecord: true));
        await ada.ActiveAsync(On(["task.created"], [new { type = "SET_FIELDS", fields = new { priority = "URGENT" } }, new { type = "CREATE_TASK", text = "Prepare: {title}" }], new { field = "type", @is = "CALL" }, oncePerRecord: true));
        return ada;
    }

    private static async Task CallingAsync(Client ada, string url)
    {
        var hook = (await ada.PostAsync("/api/webhooks", new { url, types = new[] { "activity.deleted" } })).ShouldBe(HttpStatusCode.Created);
        await ada.ActiveAsync(On(["lead.created"], [new { type = "CALL_WEBHOOK", webhookId = hook.Id }, new { type = "ADD_TAG", tag = "told" }]));
    }

    /// <returns>How many leads were made.</returns>
    private static async Task<int> WriteAsync(Client ada, CancellationToken until)
    {
        var leads = 0;
        while (!until.IsCancellationRequested)
        {
            await ada.MakeAsync("leads", new { lastName = $"Lead {++leads}", source = "WEBSITE", ownerId = (string?)null });
            await Task.Delay(250, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return leads;
    }

    private static CrmProcess Worker(CrmHost window) =>
        CrmProcess.Start(["worker"], SettingTests.With([("ConnectionStrings__Crm", window.ConnectionString), ("DOTNET_ENVIRONMENT", "Testing"), ("Webhooks__AllowPrivateNetworks", "true"), ("Webhooks__TimeoutSeconds", "5")]));

    private static async Task DrainedAsync(Client ada)
    {
        var since = TimeProvider.System.GetTimestamp();
        for (var quiet = 0; quiet < 5; quiet = await IsBusyAsync(ada) ? 0 : quiet + 1) // one thing brings about the next, and each is looked for at another moment
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Patience);
            await Task.Delay(100, Stop);
        }
    }

    private static Task<bool> IsBusyAsync(Client ada) => ada.Host.QueryAsync(ada.TenantId, async db => await db.UnsealedEvents.AnyAsync() || await db.LogConsumers.AnyAsync(c => c.Position < c.Target) || await db.HeldDeliveries.AnyAsync() || await db.WorkflowRuns.AnyAsync(r => r.DueAt != null) || await db.LeadRoutings.AnyAsync(r => r.DueAt != null));

    private static Task<bool> AssertOnceAsync(Client ada, int leads) => ada.Host.QueryAsync(ada.TenantId, async db =>
    {
        leads.ShouldBeGreaterThan(Kills);
        (await db.Leads.CountAsync(l => l.OwnerId != null && l.Score == 40 && l.Description == "Scored")).ShouldBe(leads);
        (await db.LeadTags.CountAsync(t => t.Key == "called"), await db.LeadTags.CountAsync(t => t.Key == "told"), await db.LeadRoutings.CountAsync()).ShouldBe((leads, leads, leads));
        (await db.Events.CountAsync(e => e.Type == EventTypes.LeadAssigned), await db.Events.CountAsync(e => e.Type == EventTypes.LeadScored), await db.Events.CountAsync(e => e.Type == EventTypes.WorkflowNotified)).ShouldBe((leads, leads, leads));
        (await db.Notifications.CountAsync(n => n.Kind == Contracts.Notifications.NotificationKind.Workflow)).ShouldBe(leads);
        var tasks = await db.Tasks.Select(t => new { t.Title, t.LeadId, t.Priority }).ToListAsync();
        (tasks.Count, tasks.Select(t => (t.Title, t.LeadId)).Distinct().Count(), tasks.Count(t => t.Priority == Contracts.Tasks.TaskPriority.Urgent)).ShouldBe((2 * leads, 2 * leads, leads));
        (await db.WorkflowRuns.CountAsync(), await db.WorkflowRuns.CountAsync(r => r.State == WorkflowRunState.Done && r.Done == 2)).ShouldBe((4 * leads, 4 * leads));
        return true;
    });
}
