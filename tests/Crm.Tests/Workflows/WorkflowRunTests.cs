using System.Net;
using System.Text.Json;
using Crm.Contracts.Workflows;
using Crm.Database.Workflows;
using Crm.Tests.Kit;
using Crm.Tests.Notifications;
using Crm.Tests.Webhooks;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;
using static Crm.Tests.Workflows.WorkflowCalls;

namespace Crm.Tests.Workflows;

/// <summary>What active workflows do.</summary>
public sealed class WorkflowRunTests(NotifyingHosts hosts) : IClassFixture<NotifyingHosts>
{
    private static readonly object Task = new { type = "CREATE_TASK", text = "Call {firstName} {lastName}" };

    [Theory, EachDatabase]
    public async Task Each_action_does_what_it_says_by_the_rules_of_everybodys_writes(Database database)
    {
        await using var crm = await WebhookHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        var bea = await ada.MemberAsync("bea");
        var hook = await crm.MakeAsync(ada, types: ["activity.deleted"]);
        await ada.ActiveAsync(On(["deal.created"],
        [
            new { type = "ASSIGN", userId = "bea" }, new { type = "ADD_TAG", tag = "New" }, new { type = "ADD_TAG", tag = "new" }, new { type = "SET_FIELDS", fields = new { probability = 35, description = "By hand of none" } },
            new { type = "MOVE_STAGE", stage = "PROPOSAL" }, new { type = "CREATE_TASK", text = "Mind {name} of {lead.lastName}", taskType = "CALL", priority = "HIGH" }, new { type = "NOTIFY", text = "{name}: {value} {currency}" },
            new { type = "CALL_WEBHOOK", webhookId = hook.Id },
        ]));
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper" });

        var deal = await ada.MakeAsync("deals", new { name = "Compiler", leadId = lead, value = 1200, currency = "EUR" });
        await ada.Host.SettleAsync();

        (await ada.LinesAsync()).ShouldBe(["DONE ASSIGN ADD_TAG ADD_TAG SET_FIELDS MOVE_STAGE CREATE_TASK NOTIFY CALL_WEBHOOK"]);
        var read = await ada.GetAsync($"/api/deals/{deal}");
        (read["ownerId"].GetString(), read["stage"].GetString(), read["probability"].GetInt32(), read["description"].GetString(), read["tags"].GetRawText(), read["updatedBy"].GetString()).ShouldBe(("bea", "PROPOSAL", 35, "By hand of none", """["New"]""", "workflow"));
        var task = (await ada.TasksAsync("dealId", deal)).ShouldHaveSingleItem();
        (task.GetProperty("title").GetString(), task.GetProperty("assigneeId").GetString(), task.GetProperty("type").GetString(), task.GetProperty("priority").GetString(), task.GetProperty("dueAt").ValueKind).ShouldBe(("Mind Compiler of Hopper", "bea", "CALL", "HIGH", JsonValueKind.Null));
        await ada.Host.TellAsync();
        (await bea.NotificationsAsync()).Select(one => $"{one.GetProperty("kind")} {one.GetProperty("title")}").ShouldBe(["WORKFLOW Compiler: 1200 EUR", "TASK_ASSIGNED Mind Compiler of Hopper", "DEAL_ASSIGNED Compiler"], ignoreOrder: true);
        var sent = hook.Sent.ShouldHaveSingleItem();
        (sent.Type, sent.Json.GetProperty("subject").GetString(), sent.Json.GetProperty("data").GetProperty("record").GetProperty("stage").GetString()).ShouldBe(("workflow.run", $"deals/{deal}", "PROPOSAL"));
        (await hook.DeliveriesAsync()).ShouldHaveSingleItem().GetProperty("type").GetString().ShouldBe("workflow.run");
    }

    [Theory, EachDatabase]
    public async Task An_event_that_is_told_again_does_nothing_twice(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        await ada.ActiveAsync(On(["lead.created", "lead.updated"], [Task]));
        await ada.ActiveAsync(On(["lead.created", "lead.updated"], [new { type = "ADD_TAG", tag = "seen" }], oncePerRecord: true));
        var lead = await ada.MakeAsync("leads", new { firstName = "Grace", lastName = "Hopper" });
        (await ada.PatchAsync($"/api/leads/{lead}", new { jobTitle = "Admiral" })).ShouldBe(HttpStatusCode.OK);
        await ada.Host.SettleAsync();
        var before = (await ada.RunsAsync()).Count;

        for (var i = 0; i < 3; i++)
        {
            await ada.ReplayAsync();
            await ada.Host.SettleAsync();
        }

        (await ada.TasksAsync("leadId", lead)).Count.ShouldBe(3); // made, changed, and tagged by the other workflow
        (await ada.RunsAsync()).Count.ShouldBe(before);
        before.ShouldBe(4);
    }

    [Theory, EachDatabase]
    public async Task Conditions_ask_the_record_what_changed_and_what_it_belongs_to(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        await ada.ActiveAsync(On(["deal.stage_changed"], [new { type = "CREATE_TASK", text = "{lead.companyName}" }], new
        {
            all = new object[] { new { field = "stage", changed = true }, new { field = "lead.source", @is = "REFERRAL" }, new { any = new object[] { new { field = "value", greaterThan = 1000 }, new { field = "lead.tags", contains = "vip" } } } },
        }));
        var referred = await ada.MakeAsync("leads", new { lastName = "A", source = "REFERRAL", companyName = "Engines" });
        var others = await ada.MakeAsync("leads", new { lastName = "B", source = "WEBSITE", tags = new[] { "vip" } });
        Guid[] deals = [await ada.MakeAsync("deals", new { name = "Large", leadId = referred, value = 1001 }), await ada.MakeAsync("deals", new { name = "Small", leadId = referred, value = 1000 }), await ada.MakeAsync("deals", new { name = "Other", leadId = others, value = 5000 }), await ada.MakeAsync("deals", new { name = "Nobody's", value = 5000 })];

        foreach (var deal in deals) (await ada.PutAsync($"/api/deals/{deal}/stage", new { stage = "PROPOSAL" })).ShouldBe(HttpStatusCode.OK);
        await ada.Host.SettleAsync();

        (await ada.RunsAsync()).Select(run => run.GetProperty("subject").GetString()).ShouldBe([$"deals/{deals[0]}"]);
        (await ada.TasksAsync("dealId", deals[0])).Select(task => task.GetProperty("title").GetString()).ShouldBe(["Engines"]);
    }

    [Theory, EachDatabase]
    public async Task What_a_record_belonged_to_counts_as_it_was_at_the_event(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        await ada.ActiveAsync(On(["deal.created"], [new { type = "CREATE_TASK", text = "{lead.companyName}" }], new { field = "lead.source", @is = "REFERRAL" }));
        var lead = await ada.MakeAsync("leads", new { lastName = "A", source = "REFERRAL", companyName = "Then" });
        var deal = await ada.MakeAsync("deals", new { name = "D", leadId = lead });
        (await ada.PatchAsync($"/api/leads/{lead}", new { source = "WEBSITE", companyName = "Now" })).ShouldBe(HttpStatusCode.OK);

        await ada.Host.SettleAsync();

        (await ada.TasksAsync("dealId", deal)).Select(task => task.GetProperty("title").GetString()).ShouldBe(["Then"]);
    }

    [Theory, EachDatabase]
    public async Task What_a_record_belonged_to_isnt_there_once_it_was_deleted(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        await ada.ActiveAsync(On(["deal.updated"], [new { type = "NOTIFY", text = "{name}" }], new { field = "lead.source", @is = "REFERRAL" }));
        var lead = await ada.MakeAsync("leads", new { lastName = "A", source = "REFERRAL" });
        var deal = await ada.MakeAsync("deals", new { name = "D", leadId = lead });
        (await ada.PutAsync($"/api/deals/{deal}/stage", new { stage = "CLOSED_LOST", lostReason = "None" })).ShouldBe(HttpStatusCode.OK);
        (await ada.PatchAsync($"/api/deals/{deal}", new { description = "Before" })).ShouldBe(HttpStatusCode.OK);
        (await ada.DeleteAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.NoContent);
        (await ada.PatchAsync($"/api/deals/{deal}", new { description = "After" })).ShouldBe(HttpStatusCode.OK);

        await ada.Host.SettleAsync();

        (await ada.RunsAsync()).Count.ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task It_waits_in_working_time_and_goes_on_if_that_still_holds(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        (await ada.PatchAsync("/api/settings", new { workingHours = Enumerable.Range(0, 5).Select(day => new { weekday = ((Contracts.Weekday)day).ToString().ToUpperInvariant(), from = "09:00", to = "17:00" }) })).ShouldBe(HttpStatusCode.OK);
        var friday = clock.GetUtcNow().UtcDateTime.Date.AddDays(1);
        while (friday.DayOfWeek != DayOfWeek.Friday) friday = friday.AddDays(1);
        clock.Advance(new DateTimeOffset(friday.AddHours(16), TimeSpan.Zero) - clock.GetUtcNow());
        await ada.ActiveAsync(On(["lead.created"], [new { type = "WAIT", minutes = 120, continueIf = new { field = "status", @is = "NEW" } }, new { type = "CREATE_TASK", text = "Call {lastName}", minutes = 60 }]));
        var (stays, moves) = (await ada.MakeAsync("leads", new { lastName = "Stays" }), await ada.MakeAsync("leads", new { lastName = "Moves" }));

        await host.SettleAsync();
        (await ada.LinesAsync()).ShouldBe(["WAITING", "WAITING"]);
        (await ada.RunsAsync())[0].GetProperty("dueAt").GetDateTimeOffset().ShouldBe(new DateTimeOffset(friday.AddDays(3).AddHours(10), TimeSpan.Zero));
        (await ada.PatchAsync($"/api/leads/{moves}", new { status = "CONTACTED" })).ShouldBe(HttpStatusCode.OK);
        (await ada.PatchAsync($"/api/leads/{stays}", new { lastName = "Stayed" })).ShouldBe(HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromHours(66) - TimeSpan.FromSeconds(1));
        await host.SettleAsync();
        (await ada.LinesAsync()).ShouldBe(["WAITING", "WAITING"]);
        clock.Advance(TimeSpan.FromSeconds(2));
        await host.SettleAsync();

        (await ada.LinesAsync($"&recordId={stays}")).ShouldBe(["DONE WAIT CREATE_TASK"]);
        (await ada.LinesAsync($"&recordId={moves}")).ShouldBe(["STOPPED WAIT"]);
        (await ada.RunsAsync($"&recordId={moves}"))[0].GetProperty("problem").GetString()!.ShouldContain("doesn't hold");
        var task = (await ada.TasksAsync("leadId", stays)).ShouldHaveSingleItem();
        (task.GetProperty("title").GetString(), task.GetProperty("dueAt").GetDateTimeOffset()).ShouldBe(("Call Stayed", new DateTimeOffset(friday.AddDays(3).AddHours(11), TimeSpan.Zero)));
        (await ada.TasksAsync("leadId", moves)).ShouldBeEmpty();
    }

    [Theory]
    [EachDatabase("deactivate", "The workflow was deactivated.")]
    [EachDatabase("delete", "The lead is deleted.")]
    public async Task What_waits_is_stopped_where_its_reason_is_gone(Database database, string what, string problem)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        var id = await ada.ActiveAsync(On(["lead.created"], [new { type = "WAIT", minutes = 10, workingTime = false }, Task]));
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper" });
        await host.SettleAsync();

        if (what == "deactivate") (await ada.PostAsync($"{Root}/{id}/deactivate")).ShouldBe(HttpStatusCode.OK);
        else (await ada.DeleteAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.NoContent);
        clock.Advance(TimeSpan.FromMinutes(11));
        await host.SettleAsync();

        var run = (await ada.RunsAsync()).ShouldHaveSingleItem();
        (run.GetProperty("state").GetString(), run.GetProperty("problem").GetString(), run.GetProperty("dueAt").ValueKind).ShouldBe(("STOPPED", problem, JsonValueKind.Null));
    }

    [Theory, EachDatabase]
    public async Task A_step_that_fails_is_tried_again_then_parked_and_goes_on_when_it_is_asked_to(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        await ada.MemberAsync("bea");
        await ada.ActiveAsync(On(["lead.created"], [Task, new { type = "ASSIGN", userId = "bea" }, new { type = "ADD_TAG", tag = "given" }]));
        (await ada.PatchAsync("/api/members/bea", new { active = false })).ShouldBe(HttpStatusCode.OK);
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper" });

        await host.SettleAsync();
        var failing = (await ada.RunsAsync()).ShouldHaveSingleItem();
        (Line(failing), failing.GetProperty("tries").GetInt32(), failing.GetProperty("dueAt").GetDateTimeOffset() - clock.GetUtcNow()).ShouldBe(("RUNNING CREATE_TASK", 1, TimeSpan.FromSeconds(10)));
        failing.GetProperty("problem").GetString()!.ShouldContain("deactivated");
        (await ada.PostAsync($"/api/automation/runs/{failing.GetProperty("id")}/retry")).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        for (var i = 0; i < 5; i++)
        {
            clock.Advance(TimeSpan.FromHours(4));
            await host.SettleAsync();
        }

        (await ada.LinesAsync("&state=FAILED")).ShouldBe(["FAILED CREATE_TASK"]);
        clock.Advance(TimeSpan.FromHours(400));
        await host.SettleAsync();
        (await ada.RunsAsync())[0].GetProperty("tries").GetInt32().ShouldBe(6);
        (await ada.PatchAsync("/api/members/bea", new { active = true })).ShouldBe(HttpStatusCode.OK);
        (await ada.PostAsync($"/api/automation/runs/{failing.GetProperty("id")}/retry")).ShouldBe(HttpStatusCode.OK);
        await host.SettleAsync();

        (await ada.LinesAsync()).ShouldBe(["DONE CREATE_TASK ASSIGN ADD_TAG"]);
        (await ada.TasksAsync("leadId", lead)).Count.ShouldBe(1);
        (await ada.GetAsync($"/api/leads/{lead}"))["ownerId"].GetString().ShouldBe("bea");
    }

    [Theory, EachDatabase]
    public async Task A_webhook_that_refuses_is_called_again_with_the_same_id(Database database)
    {
        await using var crm = await WebhookHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        var hook = await crm.MakeAsync(ada, types: ["activity.deleted"]);
        crm.Endpoint.Answer(hook.Url, 500);
        await ada.ActiveAsync(On(["lead.created"], [new { type = "CALL_WEBHOOK", webhookId = hook.Id }, Task]));
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper" });
        await ada.Host.SettleAsync();
        (await ada.LinesAsync()).ShouldBe(["RUNNING"]);
        (await ada.TasksAsync("leadId", lead)).ShouldBeEmpty();

        crm.Endpoint.GetWell(hook.Url);
        await ada.Host.QueryAsync(ada.TenantId, db => db.WorkflowRuns.ExecuteUpdateAsync(set => set.SetProperty(r => r.DueAt, DateTimeOffset.UnixEpoch)));
        await ada.Host.SettleAsync();

        (await ada.LinesAsync()).ShouldBe(["DONE CALL_WEBHOOK CREATE_TASK"]);
        hook.Sent.Count.ShouldBe(2);
        hook.Sent.Select(sent => sent.Id).Distinct().Count().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task Workflows_that_begin_each_other_come_to_a_clear_stop(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        await ada.ActiveAsync(On(["task.created"], [new { type = "CREATE_TASK", text = "Mind {title}" }]));
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper" });
        await ada.MakeAsync("tasks", new { title = "One", leadId = lead });

        await ada.Host.SettleAsync();

        var runs = await ada.RunsAsync();
        runs.Select(run => run.GetProperty("depth").GetInt32()).ShouldBe(Enumerable.Range(1, WorkflowBudgetDepth + 1));
        runs.Take(WorkflowBudgetDepth).ShouldAllBe(run => run.GetProperty("state").GetString() == "DONE");
        (runs[^1].GetProperty("state").GetString(), runs[^1].GetProperty("problem").GetString()![..22]).ShouldBe(("STOPPED", "Workflows began each o"));
        (await ada.TasksAsync("leadId", lead)).Count.ShouldBe(WorkflowBudgetDepth + 1);
    }

    [Theory, EachDatabase]
    public async Task What_comes_of_one_run_is_bounded_however_wide_it_grows(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        await ada.ActiveAsync(On(["task.created"], [new { type = "CREATE_TASK", text = "One more" }]));
        await ada.MakeAsync("tasks", new { title = "One" });
        await ada.Host.TellAsync();
        await ada.Host.QueryAsync(ada.TenantId, async db =>
        {
            var first = await db.WorkflowRuns.AsNoTracking().SingleAsync();
            for (var i = 0; i < 500; i++) db.Add(new WorkflowRun { TenantId = first.TenantId, Id = Guid.CreateVersion7(), WorkflowId = first.WorkflowId, WorkflowVersion = 1, Key = Guid.CreateVersion7(), EventId = first.EventId, EventType = first.EventType, TriggeredAt = first.TriggeredAt, Collection = "tasks", RecordId = Guid.CreateVersion7(), Depth = 2, RootId = first.Id, State = WorkflowRunState.Done, Steps = "[]", At = first.At, DueAt = null, StartedAt = first.StartedAt });
            return await db.SaveChangesAsync();
        });

        await ada.Host.SettleAsync();

        (await ada.RunsAsync("&state=STOPPED")).ShouldHaveSingleItem().GetProperty("problem").GetString()!.ShouldStartWith("500 runs");
        (await ada.GetAsync("/api/tasks"))["total"].GetInt32().ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task A_loop_through_others_stops_at_the_records_budget(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        await ada.ActiveAsync(On(["lead.updated"], [new { type = "NOTIFY", text = "Changed" }]));
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper" });
        for (var i = 0; i < 53; i++) (await ada.PatchAsync($"/api/leads/{lead}", new { jobTitle = $"{i}" })).ShouldBe(HttpStatusCode.OK);

        await ada.Host.SettleAsync();

        (await ada.LinesAsync()).GroupBy(line => line).Select(group => $"{group.Key} {group.Count()}").ShouldBe(["DONE NOTIFY 50", "STOPPED 3"]);
    }

    [Theory, EachDatabase]
    public async Task Workflows_of_one_tenant_see_nothing_of_another(Database database)
    {
        var host = await hosts.For(database);
        var (ada, bob) = (host.NewTenant(), host.NewTenant());
        var id = await ada.ActiveAsync(On(["lead.created"], [Task]));

        await bob.MakeAsync("leads", new { lastName = "Other" });
        await host.SettleAsync();

        (await ada.RunsAsync()).ShouldBeEmpty();
        (await bob.RunsAsync()).ShouldBeEmpty();
        foreach (var path in new[] { "activate", "deactivate" }) (await bob.PostAsync($"{Root}/{id}/{path}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await bob.PostAsync($"{Root}/{id}/rehearse", new { days = 1 })).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    private const int WorkflowBudgetDepth = 8;
}
