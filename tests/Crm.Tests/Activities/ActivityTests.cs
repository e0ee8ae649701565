using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Activities;

public sealed class ActivityTests
{
    [Theory, EachDatabase]
    public async Task An_activity_took_place_now_by_the_caller_unless_it_says_when(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Rep, "bob");
        var (_, lead) = await client.MakeOneAsync("leads");

        var made = await client.PostAsync("/api/activities", new { type = "CALL", subject = " Called ", leadId = lead });
        var earlier = await client.PostAsync("/api/activities", new { type = "NOTE", subject = "Noted", leadId = lead, occurredAt = "2026-01-31T10:00:00+01:00" });

        made.ShouldBe(HttpStatusCode.Created)["occurredAt"].GetString().ShouldBe(made["createdAt"].GetString());
        made["userId"].GetString().ShouldBe("bob");
        made["subject"].GetString().ShouldBe("Called");
        foreach (var unset in new[] { "body", "durationMinutes", "direction", "dealId", "taskId" }) made[unset].GetRawText().ShouldBe("null", unset);
        earlier["occurredAt"].GetString().ShouldBe("2026-01-31T09:00:00Z");
        (await client.EventsAsync(made.Id)).ShouldBe(["activity.logged"]);
    }

    [Theory, EachDatabase]
    public async Task An_activity_is_not_in_the_future(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var (path, id) = await client.MakeOneAsync("activities");
        var future = clock.GetUtcNow().AddMicroseconds(1);

        var made = await client.PostAsync("/api/activities", await client.BodyAsync("activities", "Too early", ("occurredAt", future)));
        var moved = await client.PatchAsync(path, new { occurredAt = future });

        foreach (var answer in new[] { made, moved })
        {
            answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/occurredAt"]);
            answer["detail"].GetString().ShouldBe("/occurredAt must not be in the future. Nothing was changed.");
        }

        (await client.PatchAsync(path, new { occurredAt = clock.GetUtcNow() })).ShouldBe(HttpStatusCode.OK);
        (await client.EventsAsync(id)).ShouldBe(["activity.logged"]);
    }

    [Theory, EachDatabase]
    public async Task An_activity_belongs_to_at_least_one_lead_deal_or_task(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (_, lead) = await client.MakeOneAsync("leads");
        var (_, deal) = await client.MakeOneAsync("deals");
        var (_, task) = await client.MakeOneAsync("tasks");

        var ofNothing = await client.PostAsync("/api/activities", new { type = "CALL", subject = "Called" });
        var ofAll = await client.PostAsync("/api/activities", new { type = "CALL", subject = "Called", leadId = lead, dealId = deal, taskId = task });
        var fewer = await client.PatchAsync($"/api/activities/{ofAll.Id}", """{ "leadId": null, "taskId": null }""");
        var none = await client.PatchAsync($"/api/activities/{ofAll.Id}", """{ "dealId": null }""");
        var replaced = await client.PutAsync($"/api/activities/{ofAll.Id}", new { subject = "Called" });

        ofAll.ShouldBe(HttpStatusCode.Created);
        fewer.ShouldBe(HttpStatusCode.OK)["dealId"].GetGuid().ShouldBe(deal);
        foreach (var answer in new[] { ofNothing, none, replaced })
        {
            answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/leadId"]);
            answer["detail"].GetString()!.ShouldContain("is required where neither dealId nor taskId is given");
        }

        (await client.EventsAsync(ofAll.Id)).ShouldBe(["activity.logged", "activity.updated"]);
    }

    [Theory, EachDatabase("leadId"), EachDatabase("dealId"), EachDatabase("taskId")]
    public async Task A_reference_to_what_is_not_there_is_422_at_its_pointer(Database database, string member)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var body = new Dictionary<string, object> { ["type"] = "CALL", ["subject"] = "Called", [member] = Guid.CreateVersion7() };

        (await client.PostAsync("/api/activities", body)).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe([$"/{member}"]);
    }

    [Theory, EachDatabase]
    public async Task Who_did_it_is_for_the_service_to_say(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync("activities");

        (await client.PatchAsync(path, new { userId = "bob" })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/userId"]);
        (await client.As(Role.Rep, "bob").PatchAsync(path, new { subject = "Changed by another" })).ShouldBe(HttpStatusCode.OK)["userId"].GetString().ShouldBe("ada");
    }

    [Theory, EachDatabase]
    public async Task A_put_clears_what_it_leaves_out_and_keeps_the_type_and_the_time(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (_, task) = await client.MakeOneAsync("tasks");
        var id = await client.MakeAsync("activities", new { type = "MEETING", subject = "Met", body = "Long", occurredAt = "2026-01-31T10:00:00Z", durationMinutes = 90, direction = "OUTBOUND", taskId = task });

        var answer = await client.PutAsync($"/api/activities/{id}", new { subject = "Met again", taskId = task });

        answer.ShouldBe(HttpStatusCode.OK)["type"].GetString().ShouldBe("MEETING");
        answer["occurredAt"].GetString().ShouldBe("2026-01-31T10:00:00Z");
        foreach (var cleared in new[] { "body", "durationMinutes", "direction" }) answer[cleared].GetRawText().ShouldBe("null", cleared);
        (await client.RecordedAsync(id))[^1].ShouldTell("durationMinutes", "90", "null").ShouldTell("direction", "\"OUTBOUND\"", "null").Changed.ShouldBe(["body", "direction", "durationMinutes", "subject"]);
    }

    [Theory, EachDatabase("type", "null"), EachDatabase("type", "\"FOLLOW_UP\""), EachDatabase("subject", "\"\""), EachDatabase("durationMinutes", "-1"), EachDatabase("durationMinutes", "1441"), EachDatabase("direction", "\"UP\""), EachDatabase("occurredAt", "\"2026-01-31\"")]
    public async Task A_value_that_an_activity_can_not_have_is_400_at_its_pointer(Database database, string member, string value)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync("activities");

        (await client.PatchAsync(path, $$"""{ "{{member}}": {{value}} }""")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([$"/{member}"]);
    }

    [Theory, EachDatabase("type=CALL", "A"), EachDatabase("type=CALL,NOTE", "A C"), EachDatabase("userId=me", "A C"), EachDatabase("userId=bob", "B"), EachDatabase("userId=nobody", "")]
    [EachDatabase("occurredFrom=2026-01-02T00:00:00Z", "B C"), EachDatabase("occurredTo=2026-01-02T00:00:00Z", "A"), EachDatabase("occurredFrom=2026-01-02T00:00:00Z&occurredTo=2026-01-03T00:00:00Z", "B"), EachDatabase("search=met", "B"), EachDatabase("search=minut", "C")]
    [EachDatabase("leadId={lead}", "A B"), EachDatabase("dealId={deal}", "C"), EachDatabase("taskId={task}", "B"), EachDatabase("leadId={lead}&taskId={task}", "B"), EachDatabase("leadId={deal}", "")]
    public async Task A_filter_finds_just_what_it_says(Database database, string query, string found)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (_, lead) = await client.MakeOneAsync("leads");
        var (_, deal) = await client.MakeOneAsync("deals");
        var (_, task) = await client.MakeOneAsync("tasks");
        await client.MakeAsync("activities", new { type = "CALL", subject = "A", leadId = lead, occurredAt = "2026-01-01T23:59:59.999999Z" });
        await client.As(Role.Rep, "bob").MakeAsync("activities", new { type = "MEETING", subject = "B Met", leadId = lead, taskId = task, occurredAt = "2026-01-02T00:00:00Z" });
        await client.MakeAsync("activities", new { type = "NOTE", subject = "C", body = "The minutes", dealId = deal, occurredAt = "2026-01-03T00:00:00Z" });

        var filter = query.Replace("{lead}", $"{lead}", StringComparison.Ordinal).Replace("{deal}", $"{deal}", StringComparison.Ordinal).Replace("{task}", $"{task}", StringComparison.Ordinal);
        Subjects(await client.GetAsync($"/api/activities?sort=occurredAt&{filter}")).ShouldBe(found);
    }

    [Theory, EachDatabase("", "C A B"), EachDatabase("&sort=occurredAt", "B A C"), EachDatabase("&sort=createdAt", "A B C"), EachDatabase("&sort=-createdAt", "C B A"), EachDatabase("&sort=-updatedAt", "A C B")]
    public async Task Activities_come_in_the_order_asked_for_by_default_the_latest_first(Database database, string sort, string order)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (_, a) = await client.MakeOneAsync("activities", "A", ("occurredAt", "2026-01-02T00:00:00Z"));
        await client.MakeOneAsync("activities", "B", ("occurredAt", "2026-01-01T00:00:00Z"));
        await client.MakeOneAsync("activities", "C", ("occurredAt", "2026-01-03T00:00:00Z"));
        await client.PatchAsync($"/api/activities/{a}", new { body = "Changed last" });

        Subjects(await client.GetAsync($"/api/activities?take=10{sort}")).ShouldBe(order);
    }

    private static string Subjects(Answer list) =>
        string.Join(' ', list.ShouldBe(HttpStatusCode.OK).Items.Select(activity => activity.GetProperty("subject").GetString()!.Split(' ')[0]));
}
