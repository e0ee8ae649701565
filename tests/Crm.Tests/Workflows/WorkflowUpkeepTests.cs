using System.Net;
using Crm.Contracts.Workflows;
using Crm.Database.Workflows;
using Crm.Services.Audit;
using Crm.Services.Workflows;
using Crm.Tests.Kit;
using Crm.Tests.Notifications;
using Crm.Tests.Scale;
using Crm.Tests.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using static Crm.Tests.Workflows.WorkflowCalls;

namespace Crm.Tests.Workflows;

/// <summary>That workflows keep working where there is much, where something is slow, and where somebody is quick.</summary>
public sealed class WorkflowUpkeepTests(NotifyingHosts hosts) : IClassFixture<NotifyingHosts>
{
    private static readonly object Tag = new { type = "ADD_TAG", tag = "seen" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Runs_are_forgotten_ninety_days_after_their_end_and_what_began_them_begins_none_again(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        await ada.ActiveAsync(On(["lead.created"], [Tag]));
        await ada.ActiveAsync(On(["lead.created"], [Tag], oncePerRecord: true));
        await ada.ActiveAsync(On(["lead.created"], [new { type = "WAIT", minutes = 400_000, workingTime = false }, Tag]));
        await ada.MakeAsync("leads", new { lastName = "Hopper" });
        await host.SettleAsync();
        (await ada.LinesAsync()).ShouldBe(["DONE ADD_TAG", "DONE ADD_TAG", "WAITING"], ignoreOrder: true);

        clock.Advance(TimeSpan.FromDays(90));
        (await TidyAsync()).ShouldBe(0);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await TidyAsync()).ShouldBe(1);
        (await TidyAsync()).ShouldBe(0);
        await ada.ReplayAsync();
        await host.SettleAsync();

        (await ada.LinesAsync()).ShouldBe(["DONE ADD_TAG", "WAITING"], ignoreOrder: true);

        Task<int> TidyAsync() => host.Services.GetRequiredService<WorkflowTidier>().TidyAsync(Stop);
    }

    [Theory, EachDatabase]
    public async Task A_workflow_with_very_many_runs_is_stopped_and_deleted_as_a_whole(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var (id, other) = (await ada.ActiveAsync(On(["lead.created"], [Tag])), await ada.ActiveAsync(On(["lead.created"], [Tag])));
        await ada.Host.QueryAsync(ada.TenantId, async db =>
        {
            foreach (var workflow in Enumerable.Repeat(id, 2001).Append(other)) db.Add(RunOf(ada.TenantId, workflow));
            return await db.SaveChangesAsync();
        });

        (await ada.DeleteAsync($"{Root}/{id}", ("If-Match", "\"7\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await CountAsync(id)).ShouldBe(2001);
        (await ada.GetAsync($"{Root}/{id}"))["activeVersion"].GetInt32().ShouldBe(1);
        (await ada.PostAsync($"{Root}/{id}/deactivate", null, ("Idempotency-Key", "once"))).ShouldBe(HttpStatusCode.OK);
        (await ada.DeleteAsync($"{Root}/{id}", ("If-Match", "\"2\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await CountAsync(id)).ShouldBe(2001);
        (await ada.Host.QueryAsync(ada.TenantId, db => db.WorkflowRuns.GroupBy(r => new { r.WorkflowId, r.State, IsDue = r.DueAt != null }).Select(group => new { group.Key.WorkflowId, group.Key.State, group.Key.IsDue, Count = group.Count() }).ToListAsync()))
            .Select(group => (group.WorkflowId == id, group.State, group.IsDue, group.Count)).ShouldBe([(true, WorkflowRunState.Stopped, false, 2001), (false, WorkflowRunState.Waiting, true, 1)], ignoreOrder: true);
        (await ada.PostAsync($"{Root}/{id}/activate")).ShouldBe(HttpStatusCode.OK);
        (await ada.DeleteAsync($"{Root}/{id}", ("If-Match", "\"4\""))).ShouldBe(HttpStatusCode.NoContent);

        (await ada.GetAsync($"{Root}/{id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await CountAsync(id)).ShouldBe(0);
        (await CountAsync(other)).ShouldBe(1);

        Task<int> CountAsync(Guid workflow) => ada.Host.QueryAsync(ada.TenantId, db => db.WorkflowRuns.CountAsync(r => r.WorkflowId == workflow));
    }

    [Theory, EachDatabase]
    public async Task A_slow_endpoint_keeps_no_calls_of_other_tenants_waiting(Database database)
    {
        await using var crm = await WebhookHost.StartAsync(database, ("Webhooks:TimeoutSeconds", "60"));
        var runner = crm.Host.Services.GetRequiredService<WorkflowRunner>();
        var (slow, quick) = (await CallingAsync(crm), await CallingAsync(crm));
        var answered = new TaskCompletionSource();
        crm.Endpoint.Answer(slow.Url, async _ =>
        {
            await answered.Task;
            return Microsoft.AspNetCore.Http.Results.NoContent();
        });
        await BeginAsync(slow);
        var calling = runner.CallDueAsync(Stop);
        while (slow.Sent.Count == 0) await Task.Delay(10, Stop);

        await BeginAsync(quick);
        while (quick.Sent.Count == 0) await Task.Delay(10, Stop);

        calling.IsCompleted.ShouldBeFalse();
        answered.SetResult();
        (await calling).ShouldBe(2);

        async Task BeginAsync(Hook hook)
        {
            await hook.Admin.MakeAsync("leads", new { lastName = "Hopper" });
            await crm.TellAsync();
            await runner.RunDueAsync(Stop);
        }
    }

    [Theory, EachDatabase]
    public async Task A_schedule_comes_to_each_record_once_however_many_there_are(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        await ManyLeads.LoadAsync(database, host.ConnectionString, [(ada.TenantId, 1001)]);
        var id = await ada.ActiveAsync(new { name = "Daily", oncePerRecord = true, trigger = new { schedule = new { record = "LEAD", time = "07:00" } }, actions = new[] { Tag } });

        foreach (var expected in new[] { 1000, 1001, 1001 })
        {
            clock.Advance(TimeSpan.FromDays(1));
            await host.Services.GetRequiredService<WorkflowClock>().LookAsync(Stop);
            (await host.QueryAsync(ada.TenantId, db => db.WorkflowRuns.Where(r => r.WorkflowId == id).Select(r => r.RecordId).Distinct().CountAsync())).ShouldBe(expected);
        }
    }

    [Theory, EachDatabase]
    public async Task What_was_switched_off_and_on_while_events_were_looked_at_begins_nothing_with_them(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var id = await ada.ActiveAsync(On(["lead.created"], [Tag]));
        await ada.MakeAsync("leads", new { lastName = "Hopper" });
        await ada.Host.Services.GetRequiredService<Sealer>().SealAllAsync(Stop);
        var active = (await ada.Host.QueryAsync(ada.TenantId, db => db.ActiveAsync(Stop))).ShouldHaveSingleItem();
        var entry = (await ada.LogAsync()).Single(one => one.Type == "lead.created");

        foreach (var path in new[] { "deactivate", "activate" }) (await ada.PostAsync($"{Root}/{id}/{path}")).ShouldBe(HttpStatusCode.OK);

        (await BeginAsync(active)).ShouldBe(0);
        (await BeginAsync((await ada.Host.QueryAsync(ada.TenantId, db => db.ActiveAsync(Stop))).Single())).ShouldBe(1);

        Task<int> BeginAsync(ActiveWorkflow workflow) =>
            ada.Host.QueryAsync(ada.TenantId, async db => await db.BeginAsync([new WorkflowMatch(workflow, entry.RecordId!.Value, await db.RecordAsync(workflow.Definition, entry, [], Stop), entry.Time, entry)], Stop));
    }

    [Theory, EachDatabase]
    public async Task What_a_deactivation_left_that_was_cut_off_doesnt_come_back(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var id = await ada.ActiveAsync(On(["lead.created"], [Tag]));
        await ada.Host.QueryAsync(ada.TenantId, async db =>
        {
            db.Add(RunOf(ada.TenantId, id));
            await db.SaveChangesAsync();
            return await db.Workflows.ExecuteUpdateAsync(set => set.SetProperty(w => w.ActiveVersion, (int?)null).SetProperty(w => w.ActiveSince, (DateTimeOffset?)null));
        });

        (await ada.PostAsync($"{Root}/{id}/activate")).ShouldBe(HttpStatusCode.OK);

        (await ada.LinesAsync()).ShouldBe(["STOPPED"]);
        (await ada.GetAsync($"{Root}/{id}"))["activeVersion"].GetInt32().ShouldBe(1);
    }

    private static async Task<Hook> CallingAsync(WebhookHost crm)
    {
        var ada = crm.Host.NewTenant();
        var hook = await crm.MakeAsync(ada, types: ["activity.deleted"]);
        await ada.ActiveAsync(On(["lead.created"], [new { type = "CALL_WEBHOOK", webhookId = hook.Id }]));
        return hook;
    }

    private static WorkflowRun RunOf(Guid tenantId, Guid workflow) => new()
    {
        TenantId = tenantId,
        Id = Guid.CreateVersion7(),
        WorkflowId = workflow,
        WorkflowVersion = 1,
        Key = Guid.CreateVersion7(),
        EventId = null,
        EventType = null,
        TriggeredAt = DateTimeOffset.UnixEpoch,
        Collection = "leads",
        RecordId = Guid.CreateVersion7(),
        Depth = 1,
        RootId = Guid.CreateVersion7(),
        State = WorkflowRunState.Waiting,
        Steps = "[]",
        At = DateTimeOffset.UnixEpoch,
        DueAt = TimeProvider.System.GetUtcNow().AddDays(1),
        StartedAt = DateTimeOffset.UnixEpoch,
    };
}
