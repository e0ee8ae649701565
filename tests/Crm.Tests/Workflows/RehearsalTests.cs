using System.Net;
using System.Text.Json;
using Crm.Tests.Alarms;
using Crm.Tests.Kit;
using Crm.Tests.Notifications;
using Shouldly;
using Xunit;
using static Crm.Tests.Workflows.WorkflowCalls;

namespace Crm.Tests.Workflows;

/// <summary>A rehearsal tells what a workflow would have done: the same that it does on the same events.</summary>
public sealed class RehearsalTests(NotifyingHosts hosts) : IClassFixture<NotifyingHosts>
{
    private static readonly string[] Sources = ["WEBSITE", "REFERRAL", "EVENT"];
    private static readonly string[] Stages = ["QUALIFICATION", "PROPOSAL", "NEGOTIATION"];

    [Theory, EachDatabase]
    public async Task A_rehearsal_equals_what_really_happens_on_the_same_events(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        foreach (var user in new[] { "bea", "cid" }) await ada.MemberAsync(user);
        var workflows = new List<Guid>();
        foreach (var workflow in Various()) workflows.Add(await ada.ActiveAsync(workflow));
        await LiveAsync(clock, ada, new Random(7));
        await host.SettleAsync();
        var before = await DataHash.OfAsync(host, ada.TenantId);

        var compared = 0;
        foreach (var id in workflows)
        {
            var rehearsal = (await ada.PostAsync($"{Root}/{id}/rehearse", new { days = 30 })).ShouldBe(HttpStatusCode.OK);
            var runs = await AllRunsAsync(ada, id);
            rehearsal["isComplete"].GetBoolean().ShouldBeTrue();
            rehearsal["runs"].GetInt32().ShouldBe(runs.Count);
            rehearsal.Items.Select(Told).Order(StringComparer.Ordinal).ShouldBe(runs.Select(Told).Order(StringComparer.Ordinal));
            compared += runs.Count;
        }

        compared.ShouldBeGreaterThan(100);
        (await DataHash.OfAsync(host, ada.TenantId)).ShouldBe(before);
    }

    [Theory, EachDatabase]
    public async Task A_draft_is_rehearsed_on_what_happened_before_there_was_one(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var leads = new List<Guid>();
        foreach (var source in Sources) leads.Add(await ada.MakeAsync("leads", new { lastName = source, source, ownerId = "me" }));
        await ada.Host.TellAsync();
        var made = (await ada.PostAsync(Root, On(["lead.created"], [new { type = "CREATE_TASK", text = "Call {lastName}" }], new { field = "source", isNot = "EVENT" }))).ShouldBe(HttpStatusCode.Created);

        var rehearsal = (await ada.PostAsync($"{Root}/{made.Id}/rehearse", new { days = 1 })).ShouldBe(HttpStatusCode.OK);

        (rehearsal["events"].GetInt32(), rehearsal["runs"].GetInt32()).ShouldBe((3, 2));
        rehearsal.Items.Select(run => $"{run.GetProperty("subject")} {run.GetProperty("state")} {run.GetProperty("steps")[0].GetProperty("text")}").ShouldBe([$"leads/{leads[0]} DONE Call WEBSITE", $"leads/{leads[1]} DONE Call REFERRAL"]);
        (await ada.RunsAsync()).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task What_a_record_belonged_to_is_gone_behind_a_wait_where_it_was_deleted_meanwhile(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        var id = await ada.ActiveAsync(On(["deal.created"], [new { type = "WAIT", minutes = 10, workingTime = false, continueIf = new { field = "lead.source", @is = "REFERRAL" } }, new { type = "ADD_TAG", tag = "referred" }]));
        Guid[] leads = [await ada.MakeAsync("leads", new { lastName = "Stays", source = "REFERRAL" }), await ada.MakeAsync("leads", new { lastName = "Goes", source = "REFERRAL" })];
        Guid[] deals = [await ada.MakeAsync("deals", new { name = "Compiler", leadId = leads[0] }), await ada.MakeAsync("deals", new { name = "Linker", leadId = leads[1] })];
        await host.SettleAsync();
        (await ada.PutAsync($"/api/deals/{deals[1]}/stage", new { stage = "CLOSED_LOST", lostReason = "None" })).ShouldBe(HttpStatusCode.OK);
        (await ada.DeleteAsync($"/api/leads/{leads[1]}")).ShouldBe(HttpStatusCode.NoContent);
        clock.Advance(TimeSpan.FromMinutes(11));
        await host.SettleAsync();

        var rehearsal = (await ada.PostAsync($"{Root}/{id}/rehearse", new { days = 1 })).ShouldBe(HttpStatusCode.OK);

        (await ada.LinesAsync()).ShouldBe(["DONE WAIT ADD_TAG", "STOPPED WAIT"], ignoreOrder: true);
        rehearsal.Items.Select(Told).Order(StringComparer.Ordinal).ShouldBe((await ada.RunsAsync()).Select(Told).Order(StringComparer.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task The_budget_counts_in_a_rehearsal_as_it_does_in_runs(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var id = await ada.ActiveAsync(On(["task.due"], [new { type = "CREATE_TASK", text = "Again", minutes = 60, workingTime = false }]));
        await ada.MakeTaskAsync(due: TimeSpan.FromHours(1));
        for (var made = 1; made <= 9; made++)
        {
            var tasks = (await ada.GetAsync("/api/tasks?sort=createdAt")).ShouldBe(HttpStatusCode.OK).Items;
            tasks.Count.ShouldBe(made);
            await ada.LetPassAsync(tasks[^1].GetProperty("id").GetGuid(), TimeSpan.FromHours(2));
            await ada.Host.RingAsync();
            await ada.Host.SettleAsync();
        }

        var rehearsal = (await ada.PostAsync($"{Root}/{id}/rehearse", new { days = 1 })).ShouldBe(HttpStatusCode.OK);

        (await ada.LinesAsync()).ShouldBe([.. Enumerable.Repeat("DONE CREATE_TASK", 8), "STOPPED"]);
        rehearsal.Items.Select(Told).ShouldBe((await ada.RunsAsync()).Select(Told));
    }

    private static IEnumerable<object> Various()
    {
        yield return On(["lead.created", "lead.assigned"], [new { type = "CREATE_TASK", text = "Call {lastName}", taskType = "CALL", minutes = 60 }], new { all = new object[] { new { field = "source", @is = "WEBSITE" }, new { field = "ownerId", isEmpty = false } } }, oncePerRecord: true);
        yield return On(["lead.created"], [new { type = "WAIT", minutes = 90, continueIf = new { field = "status", @is = "NEW" } }, new { type = "NOTIFY", text = "{lastName} of {companyName} waits" }, new { type = "WAIT", minutes = 600, workingTime = false }, new { type = "ADD_TAG", tag = "cold" }]);
        yield return On(["lead.updated", "lead.status_changed"], [new { type = "ASSIGN", userId = "cid" }, new { type = "NOTIFY", text = "Now yours" }], new { any = new object[] { new { field = "companyName", changed = true }, new { all = new object[] { new { field = "status", changed = true }, new { field = "status", @is = "QUALIFIED" } } } } });
        yield return On(["deal.stage_changed", "deal.won"], [new { type = "CREATE_TASK", text = "{name} of {lead.lastName}: {stage}", minutes = 30, workingTime = false }], new { all = new object[] { new { field = "value", greaterThan = 500 }, new { not = new { field = "lead.source", @is = "EVENT" } } } });
        yield return On(["task.created"], [new { type = "SET_FIELDS", fields = new { priority = "LOW" } }, new { type = "NOTIFY", text = "{title} for {lead.companyName}" }], new { field = "lead.status", isNot = "UNQUALIFIED" });
        yield return new { name = "Still", trigger = new { inactivity = new { record = "LEAD", days = 1 } }, condition = new { field = "status", isNot = "QUALIFIED" }, actions = new object[] { new { type = "CREATE_TASK", text = "Mind {lastName}" } } };
        yield return new { name = "Daily", trigger = new { schedule = new { record = "TASK", time = "06:30" } }, condition = new { all = new object[] { new { field = "isOverdue", @is = true }, new { field = "title", contains = "call" } } }, actions = new object[] { new { type = "NOTIFY", text = "{title} is overdue" } } };
    }

    /// <summary>Three days of a tenant, in which the worker works all the time.</summary>
    private static async Task LiveAsync(SettableClock clock, Client ada, Random random)
    {
        var (leads, deals) = (new List<Guid>(), new List<Guid>());
        for (var step = 0; step < 3 * 24 * 3; step++)
        {
            if (step % 3 == 0)
            {
                leads.Add(await ada.MakeAsync("leads", new { lastName = $"Lead {step}", source = Sources[random.Next(3)], companyName = $"Company {random.Next(5)}", ownerId = random.Next(2) == 0 ? "bea" : null }));
                deals.Add(await ada.MakeAsync("deals", new { name = $"Deal {step}", value = random.Next(2000), leadId = random.Next(4) == 0 ? (Guid?)null : leads[^1] }));
            }

            var (lead, deal) = (leads[random.Next(leads.Count)], deals[random.Next(deals.Count)]);
            await (random.Next(7) switch
            {
                0 => ada.PatchAsync($"/api/leads/{lead}", new { ownerId = random.Next(2) == 0 ? "bea" : "cid" }),
                1 => ada.PatchAsync($"/api/leads/{lead}", new { status = new[] { "CONTACTED", "QUALIFIED", "UNQUALIFIED" }[random.Next(3)] }),
                2 => ada.PatchAsync($"/api/leads/{lead}", new { companyName = $"Company {random.Next(50)}" }),
                3 => ada.PutAsync($"/api/deals/{deal}/stage", new { stage = Stages[random.Next(3)] }),
                4 => ada.PostAsync("/api/activities", new { type = "CALL", subject = "Called", leadId = lead }),
                5 when leads.Remove(lead) => ada.DeleteAsync($"/api/leads/{lead}"),
                _ => ada.PostAsync("/api/tasks", new { title = "To do", leadId = lead, dueAt = clock.GetUtcNow().AddHours(3) }),
            });
            await ada.Host.SettleAsync();
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(1_000_000, 1_400_000))); // so that nothing changes at the very instant at which the clock begins something
            await ada.Host.LookAsync();
        }
    }

    private static async Task<List<JsonElement>> AllRunsAsync(Client ada, Guid workflow)
    {
        var runs = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await ada.GetAsync($"/api/automation/runs?workflowId={workflow}&take=200{cursor}")).ShouldBe(HttpStatusCode.OK);
            runs.AddRange(page.Items);
            cursor = page.Json.TryGetProperty("nextCursor", out var next) && next.ValueKind == JsonValueKind.String ? $"&cursor={next.GetString()}" : null;
        }

        return runs;
    }

    /// <summary>What a run and a rehearsed one have in common: all that was decided.</summary>
    private static string Told(JsonElement run) =>
        $"{run.GetProperty("triggeredAt")} {run.GetProperty("eventId")} {run.GetProperty("subject")} {run.GetProperty("state")} {run.GetProperty("problem")} {Decided(run.GetProperty("steps"))}";
}
