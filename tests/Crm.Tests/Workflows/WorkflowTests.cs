using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.Notifications;
using Shouldly;
using Xunit;
using static Crm.Tests.Workflows.WorkflowCalls;

namespace Crm.Tests.Workflows;

/// <summary>How workflows are written, activated and kept.</summary>
public sealed class WorkflowTests(NotifyingHosts hosts) : IClassFixture<NotifyingHosts>
{
    private static readonly object Task = new { type = "CREATE_TASK", text = "Call {lastName}" };

    [Theory, EachDatabase]
    public async Task A_draft_does_nothing_until_it_is_activated_and_each_activation_is_a_version(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var made = (await ada.PostAsync(Root, On(["lead.created"], [Task]))).ShouldBe(HttpStatusCode.Created);
        (made["activeVersion"].ValueKind, made["hasChanges"].GetBoolean(), made.ETag).ShouldBe((JsonValueKind.Null, true, "\"1\""));
        await ada.MakeAsync("leads", new { lastName = "Early" });
        await ada.Host.SettleAsync();

        var active = (await ada.PostAsync($"{Root}/{made.Id}/activate", null, ("If-Match", made.ETag))).ShouldBe(HttpStatusCode.OK);
        (active["activeVersion"].GetInt32(), active["hasChanges"].GetBoolean()).ShouldBe((1, false));
        (await ada.PostAsync($"{Root}/{made.Id}/activate")).ETag.ShouldBe(active.ETag);
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper" });
        await ada.Host.SettleAsync();
        (await ada.TasksAsync("leadId", lead)).Select(task => task.GetProperty("title").GetString()).ShouldBe(["Call Hopper"]);

        var changed = (await ada.PatchAsync($"{Root}/{made.Id}", new { actions = new object[] { new { type = "CREATE_TASK", text = "Write to {lastName}" } } })).ShouldBe(HttpStatusCode.OK);
        (changed["activeVersion"].GetInt32(), changed["hasChanges"].GetBoolean()).ShouldBe((1, true));
        (await ada.PatchAsync($"{Root}/{made.Id}", new { actions = new object[] { Task } }))["hasChanges"].GetBoolean().ShouldBeFalse();
        (await ada.PatchAsync($"{Root}/{made.Id}", new { actions = new object[] { new { type = "CREATE_TASK", text = "Write to {lastName}" } } })).ShouldBe(HttpStatusCode.OK);
        (await ada.PostAsync($"{Root}/{made.Id}/activate"))["activeVersion"].GetInt32().ShouldBe(2);
        (await ada.GetAsync($"{Root}/{made.Id}/versions")).Items.Select(one => $"{one.GetProperty("number")} {one.GetProperty("actions")[0].GetProperty("text")}").ShouldBe(["2 Write to {lastName}", "1 Call {lastName}"]);
        (await ada.PostAsync($"{Root}/{made.Id}/activate", null, ("If-Match", made.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");

        (await ada.PostAsync($"{Root}/{made.Id}/deactivate"))["activeVersion"].ValueKind.ShouldBe(JsonValueKind.Null);
        await ada.MakeAsync("leads", new { lastName = "Late" });
        await ada.Host.SettleAsync();
        (await ada.RunsAsync()).Count.ShouldBe(1);
        (await ada.GetAsync($"{Root}?active=true")).Items.ShouldBeEmpty();
        (await ada.DeleteAsync($"{Root}/{made.Id}")).ShouldBe(HttpStatusCode.NoContent);
        (await ada.GetAsync($"{Root}/{made.Id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await ada.TasksAsync("leadId", lead)).Count.ShouldBe(1);
    }

    [Theory]
    [EachDatabase("""{"trigger":{}}""", "/trigger")]
    [EachDatabase("""{"trigger":{"events":["lead.created","deal.won"]}}""", "/trigger/events")]
    [EachDatabase("""{"trigger":{"events":["dashboard.delivered"]}}""", "/trigger/events")]
    [EachDatabase("""{"trigger":{"events":["lead.deleted"]}}""", "/trigger/events")]
    [EachDatabase("""{"actions":[{"type":"SET_FIELDS","fields":{"status":"CONVERTED"}}]}""", "/actions/0/fields/status")]
    [EachDatabase("""{"actions":[{"type":"SET_FIELDS","fields":{"phone":null,"phone":null}}]}""", "/actions/0/fields")]
    [EachDatabase("""{"trigger":{"events":["lead.created"],"schedule":{"record":"LEAD","time":"07:00"}}}""", "/trigger")]
    [EachDatabase("""{"trigger":{"inactivity":{"record":"TASK","days":3}}}""", "/trigger/inactivity/record")]
    [EachDatabase("""{"trigger":{"schedule":{"record":"LEAD","time":"25:00"}}}""", "/trigger/schedule/time")]
    [EachDatabase("""{"condition":{"field":"stage","is":"PROPOSAL"}}""", "/condition/field")]
    [EachDatabase("""{"condition":{"field":"lead.source","is":"WEBSITE"}}""", "/condition/field")]
    [EachDatabase("""{"trigger":{"events":["deal.won"]},"condition":{"field":"lead.source","changed":true}}""", "/condition/changed")]
    [EachDatabase("""{"trigger":{"schedule":{"record":"DEAL","time":"07:00"}},"condition":{"field":"lead.source","is":"WEBSITE"}}""", "/condition/field")]
    [EachDatabase("""{"trigger":{"inactivity":{"record":"DEAL","days":3}},"condition":{"field":"stage","changed":true}}""", "/condition/changed")]
    [EachDatabase("""{"actions":[{"type":"CREATE_TASK"}]}""", "/actions/0/text")]
    [EachDatabase("""{"actions":[{"type":"CREATE_TASK","text":"Call {nobody}"}]}""", "/actions/0/text")]
    [EachDatabase("""{"actions":[{"type":"CREATE_TASK","text":"Call","stage":"WON"}]}""", "/actions/0/stage")]
    [EachDatabase("""{"actions":[{"type":"ASSIGN"}]}""", "/actions/0/userId")]
    [EachDatabase("""{"actions":[{"type":"MOVE_STAGE","stage":"PROPOSAL"}]}""", "/actions/0/type")]
    [EachDatabase("""{"actions":[{"type":"SET_FIELDS","fields":{"shoeSize":38}}]}""", "/actions/0/fields/shoeSize")]
    [EachDatabase("""{"actions":[{"type":"SET_FIELDS","fields":{"status":"BEST"}}]}""", "/actions/0/fields/status")]
    [EachDatabase("""{"actions":[{"type":"SET_FIELDS","fields":{"lastName":null}}]}""", "/actions/0/fields/lastName")]
    [EachDatabase("""{"actions":[{"type":"SET_FIELDS","fields":{"ownerId":"ada"}}]}""", "/actions/0/fields/ownerId")]
    [EachDatabase("""{"actions":[{"type":"SET_FIELDS","fields":{}}]}""", "/actions/0/fields")]
    [EachDatabase("""{"actions":[{"type":"ADD_TAG","tag":"a,b"}]}""", "/actions/0/tag")]
    [EachDatabase("""{"actions":[{"type":"WAIT"}]}""", "/actions/0/minutes")]
    [EachDatabase("""{"actions":[{"type":"WAIT","minutes":5,"continueIf":{"field":"nothing","isEmpty":true}}]}""", "/actions/0/continueIf/field")]
    public async Task What_is_wrong_is_told_by_its_place(Database database, string change, string pointer)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var workflow = On(["lead.created"], [new { type = "CREATE_TASK", text = "Call" }]);
        foreach (var member in JsonSerializer.Deserialize<JsonElement>(change).EnumerateObject()) workflow[member.Name] = member.Value;

        (await ada.PostAsync(Root, workflow)).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([pointer]);
        (await ada.GetAsync(Root)).Items.ShouldBeEmpty();
    }

    [Theory]
    [EachDatabase("""{"type":"ASSIGN","userId":"nobody"}""", "/actions/0/userId")]
    [EachDatabase("""{"type":"NOTIFY","text":"Hello","userId":"nobody"}""", "/actions/0/userId")]
    [EachDatabase("""{"type":"CALL_WEBHOOK","webhookId":"019aa000-0000-7000-8000-000000000000"}""", "/actions/0/webhookId")]
    [EachDatabase("""{"type":"MOVE_STAGE","stage":"NOWHERE"}""", "/actions/0/stage")]
    public async Task What_isnt_there_is_told_by_its_place(Database database, string action, string pointer)
    {
        var ada = (await hosts.For(database)).NewTenant();

        (await ada.PostAsync(Root, On(["deal.created"], [JsonSerializer.Deserialize<JsonElement>(action)]))).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe([pointer]);
    }

    [Theory]
    [EachDatabase("CLOSED_LOST", null)]
    [EachDatabase("PROPOSAL", "Price")]
    public async Task A_reason_is_for_stages_of_lost_deals(Database database, string stage, string? lostReason)
    {
        var ada = (await hosts.For(database)).NewTenant();

        (await ada.PostAsync(Root, On(["deal.rotting"], [new { type = "MOVE_STAGE", stage, lostReason }]))).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/actions/0/lostReason"]);
    }

    [Theory, EachDatabase]
    public async Task Reps_read_workflows_and_managers_write_them(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var rep = await ada.MemberAsync("eve");
        var id = await ada.As(Role.Manager, "mia").ActiveAsync(On(["lead.created"], [Task]));

        (await rep.GetAsync($"{Root}/{id}")).ShouldBe(HttpStatusCode.OK);
        (await rep.PostAsync(Root, On(["lead.created"], [Task]))).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await rep.GetAsync("/api/automation/runs")).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await rep.PostAsync($"{Root}/{id}/rehearse", new { days = 1 })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await ada.As(Role.Manager, "mia").PostAsync(Root, On(["lead.created"], [new { type = "CALL_WEBHOOK", webhookId = Guid.CreateVersion7() }]))).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
    }

    [Theory, EachDatabase]
    public async Task Managers_dont_widen_what_an_admin_has_a_webhook_sent(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var hook = (await ada.PostAsync("/api/webhooks", new { url = "https://partner.example/hook", types = new[] { "deal.won" } })).ShouldBe(HttpStatusCode.Created).Id;
        var call = new { type = "CALL_WEBHOOK", webhookId = hook };
        var path = $"{Root}/{await ada.ActiveAsync(On(["deal.won"], [call], new { field = "tags", contains = "partner" }))}";
        var mia = ada.As(Role.Manager, "mia");

        foreach (var change in new object[] { new { trigger = new { events = new[] { "deal.created" } } }, new { condition = (object?)null }, new { actions = new[] { call, call } } })
        {
            (await mia.PatchAsync(path, change)).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        }

        (await mia.PatchAsync(path, new { name = "For the partner" })).ShouldBe(HttpStatusCode.OK);
        (await mia.PatchAsync(path, new { actions = new[] { new { type = "ADD_TAG", tag = "won" } } })).ShouldBe(HttpStatusCode.OK);
        (await ada.PatchAsync(path, new { condition = (object?)null, actions = new[] { call } })).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Each_template_can_be_made_as_it_is(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var templates = (await ada.GetAsync("/api/automation/templates")).ShouldBe(HttpStatusCode.OK).Items;

        templates.Count.ShouldBeGreaterThan(3);
        foreach (var template in templates)
        {
            var body = template.EnumerateObject().Where(member => member.Name != "key").ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
            await ada.ActiveAsync(body);
        }
    }

    [Theory, EachDatabase]
    public async Task A_test_tells_what_it_would_do_and_does_nothing(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper", source = "WEBSITE", ownerId = "me" });
        var workflow = On(["lead.created"], [new { type = "WAIT", minutes = 60, workingTime = false }, Task, new { type = "ASSIGN", userId = "me" }, new { type = "WAIT", minutes = 60, continueIf = new { field = "status", isNot = "NEW" } }, Task], new { field = "source", @is = "WEBSITE" });
        var made = (await ada.PostAsync(Root, workflow)).ShouldBe(HttpStatusCode.Created);
        var before = await DataHash.OfAsync(ada.Host, ada.TenantId);

        var test = (await ada.PostAsync($"{Root}/{made.Id}/test", new { recordId = lead })).ShouldBe(HttpStatusCode.OK);
        var other = (await ada.PostAsync($"{Root}/{made.Id}/test", new { recordId = Guid.CreateVersion7() })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference");

        test["matches"].GetBoolean().ShouldBeTrue();
        test["steps"].EnumerateArray().Select(step => $"{step.GetProperty("type")} {step.GetProperty("userId")} {step.GetProperty("text")} {step.GetProperty("skipped")}".TrimEnd()).ShouldBe(["WAIT", "CREATE_TASK ada Call Hopper", "ASSIGN ada  It is theirs already.", "WAIT"]);
        other.Faults.ShouldBe(["/recordId"]);
        (await DataHash.OfAsync(ada.Host, ada.TenantId)).ShouldBe(before);
    }
}
