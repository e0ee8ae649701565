using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>What was done, counted by hand.</summary>
public sealed class ActivityReportTests
{
    [Theory, EachDatabase]
    public async Task Activities_count_by_when_they_took_place(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        var bob = client.As(Role.Rep, "bob");
        clock.GoToNoonOf("2028-11-01");
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        await client.LogAsync(lead, "CALL", "OUTBOUND", "2028-10-28T21:59:59.999999Z"); // the last of Saturday
        await client.LogAsync(lead, "CALL", "INBOUND", "2028-10-28T22:00:00Z"); // the first of Sunday, a day of 25 hours
        await client.LogAsync(lead, "NOTE", null, "2028-10-29T22:59:59.999999Z"); // its last
        await bob.LogAsync(lead, "MEETING", null, "2028-10-29T23:00:00Z"); // the first of Monday, and of another week

        var days = await client.ReportAsync("activities?from=2028-10-28&to=2028-10-31&groupBy=day");
        days.Groups("count").ShouldBe(["2028-10-28 1", "2028-10-29 2", "2028-10-30 1", "2028-10-31 0"]);
        days["total"].Told("count").ShouldBe("4");
        (await client.FollowAsync(days)).ShouldBe(5);
        var weeks = await client.ReportAsync("activities?from=2028-10-28&to=2028-10-31&groupBy=week");
        weeks.Groups("count").ShouldBe(["2028-W43 3", "2028-W44 1"]);
        await client.FollowAsync(weeks);
        var types = await client.ReportAsync("activities?from=2028-10-28&to=2028-10-31&groupBy=type");
        types.Groups("count").ShouldBe(["CALL 2", "MEETING 1", "NOTE 1"]);
        await client.FollowAsync(types);
        var users = await client.ReportAsync("activities?from=2028-10-28&to=2028-10-31&groupBy=user&ownerId=bob");
        users.Groups("count").ShouldBe(["bob 1"]);
        await client.FollowAsync(users);
        (await client.ReportAsync("activities?from=2028-10-29&to=2028-10-29&groupBy=month")).Groups("count").ShouldBe(["2028-10 2"]);
    }

    [Theory, EachDatabase]
    public async Task An_activity_is_of_the_past_that_was_told_then(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        clock.GoToNoonOf("2028-03-01");
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var call = await client.LogAsync(lead, "CALL", "OUTBOUND");
        var taken = new List<Answer> { await TakeAsync() };
        clock.GoToNoonOf("2028-03-02");
        await client.PatchAsync($"/api/activities/{call}", new { type = "EMAIL", occurredAt = "2028-02-29T12:00:00Z" });
        taken.Add(await TakeAsync());
        clock.GoToNoonOf("2028-03-03");
        await client.DeleteAsync($"/api/leads/{lead}"); // and with it what was done for it
        taken.Add(await TakeAsync());
        clock.GoToNoonOf("2028-03-04");
        await client.PostAsync($"/api/leads/{lead}/restore");
        taken.Add(await TakeAsync());

        taken.ConvertAll(report => string.Join(", ", report.Groups("count"))).ShouldBe(["CALL 1", "EMAIL 1", "", "EMAIL 1"]);
        foreach (var report in taken)
        {
            (await client.ReportAsync($"activities?from=2028-02-01&to=2028-03-31&groupBy=type&asOf={report["asOf"].GetString()}")).Text.ShouldBe(report.Text);
            await client.FollowAsync(report);
        }

        Task<Answer> TakeAsync() => client.ReportAsync("activities?from=2028-02-01&to=2028-03-31&groupBy=type");
    }

    [Theory, EachDatabase]
    public async Task A_pipeline_chooses_what_was_done_for_its_deals_and_a_source_what_was_for_its_leads_and_their_deals(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace", source = "PARTNER" });
        var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead });
        var alone = await client.MakeAsync("deals", new { name = "Wheel" });
        await client.MakeAsync("activities", new { type = "CALL", subject = "Lead", leadId = lead });
        await client.MakeAsync("activities", new { type = "EMAIL", subject = "Deal of lead", dealId = deal });
        await client.MakeAsync("activities", new { type = "MEETING", subject = "Deal", dealId = alone });
        await client.MakeAsync("activities", new { type = "NOTE", subject = "Task", taskId = await client.MakeAsync("tasks", new { title = "Think", dealId = deal, dueAt = "2028-01-01T00:00:00Z" }) });
        var pipeline = (await client.GetAsync("/api/pipelines")).Items[0].GetProperty("id").GetGuid();

        (await client.ReportAsync("activities?groupBy=type&source=PARTNER")).Groups("count").ShouldBe(["CALL 1", "EMAIL 1"]);
        (await client.ReportAsync("activities?groupBy=type&source=WEBSITE")).Groups("count").ShouldBe([]);
        (await client.ReportAsync($"activities?groupBy=type&pipelineId={pipeline}")).Groups("count").ShouldBe(["EMAIL 1", "MEETING 1"]);
        (await client.ReportAsync($"tasks?from=2028-01-01&to=2028-01-01&pipelineId={pipeline}&source=PARTNER"))["total"].Counted("due", "open").ShouldBe("1 1");
        (await client.ReportAsync("tasks?from=2028-01-01&to=2028-01-01&source=WEBSITE"))["total"].Counted("due").ShouldBe("0");
        await client.FollowAsync(await client.ReportAsync($"activities?groupBy=type&pipelineId={pipeline}&source=PARTNER"));
    }
}
