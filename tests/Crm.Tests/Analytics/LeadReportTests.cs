using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.ApiKeys;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>What became of leads, and how soon they were answered, worked out by hand.</summary>
public sealed class LeadReportTests
{
    private static readonly string[] Figures = ["created", "contacted", "unanswered", "converted", "conversionRate", "medianMinutes", "p90Minutes"];

    [Theory, EachDatabase]
    public async Task Leads_count_by_the_day_of_their_making_and_answers_by_the_time_that_went_by(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        clock.GoTo("2028-03-25T23:59:59.999999+01:00");
        await client.MakeAsync("leads", new { lastName = "Before" });
        clock.GoTo("2028-03-26T00:00+01:00"); // a day of 23 hours
        var first = await client.MakeAsync("leads", new { firstName = "Ada", lastName = "First", source = "REFERRAL", ownerId = (string?)null });
        clock.GoTo("2028-03-26T04:00+02:00");
        await client.LogAsync(first, "NOTE", "OUTBOUND");
        await client.LogAsync(first, "EMAIL", "INBOUND");
        await client.LogAsync(first, "MEETING", null);
        await client.LogAsync(first, "CALL", "OUTBOUND"); // after three hours, though the clock shows four
        clock.GoTo("2028-03-26T23:59:59+02:00");
        var last = await client.MakeAsync("leads", new { lastName = "Last", source = "WEBSITE", ownerId = "me" });
        clock.GoTo("2028-03-27T00:00+02:00");
        await client.MakeAsync("leads", new { lastName = "After" });
        clock.GoTo("2028-03-27T02:00:59+02:00");
        await client.LogAsync(last, "EMAIL", "OUTBOUND");
        await client.LogAsync(last, "CALL", "OUTBOUND");
        (await client.PostAsync($"/api/leads/{last}/convert")).ShouldBe(HttpStatusCode.OK);

        // 121 and 180 minutes: 150.5 between them, and 121 + 0.9 × 59 = 174.1.
        var day = await client.ReportAsync("leads?from=2028-03-26&to=2028-03-26&groupBy=source");
        day["total"].Counted(Figures).ShouldBe("2 2 0 1 0.5 150.5 174.1");
        day.Groups(Figures).ShouldBe(["REFERRAL 1 1 0 0 0 180 180", "WEBSITE 1 1 0 1 1 121 121"]);
        (await client.ReportAsync("leads?from=2028-03-26&to=2028-03-26&groupBy=owner")).Groups(Figures).ShouldBe([$"{client.User} 1 1 0 1 1 121 121", "none 1 1 0 0 0 180 180"]);
        (await client.ReportAsync("leads?from=2028-03-25&to=2028-03-27&groupBy=status")).Groups(Figures).ShouldBe(["CONVERTED 1 1 0 1 1 121 121", "NEW 3 1 2 0 0 180 180"]);
        (await client.ReportAsync("leads?from=2028-02-01&to=2028-03-26&groupBy=month")).Groups(Figures).ShouldBe(["2028-02 0 0 0 0 none none none", "2028-03 3 2 1 1 0.3333 150.5 174.1"]);

        var contacted = (await client.GetAsync(day["total"].GetProperty("contacted").GetProperty("drillDown").GetString()!)).Items;
        contacted.Select(lead => lead.Told("name", "status", "source", "responseMinutes")).ShouldBe(["Ada First NEW REFERRAL 180", "Last CONVERTED WEBSITE 121"]);
        contacted[0].GetProperty("firstOutboundAt").GetDateTimeOffset().ShouldBe(DateTimeOffset.Parse("2028-03-26T02:00Z", null));
        (await client.FollowAsync(day)).ShouldBe(12);
    }

    [Theory, EachDatabase]
    public async Task A_report_of_the_past_knows_nothing_of_what_came_after(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        var bob = client.As(Role.Rep, "bob");
        await bob.GetAsync("/api/me");
        clock.GoToNoonOf("2028-02-28");
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace", source = "WEBSITE", ownerId = "me" });
        var taken = new List<Answer> { await TakeAsync() };
        clock.GoToNoonOf("2028-02-29");
        await client.PatchAsync($"/api/leads/{lead}", new { ownerId = "bob", source = "PARTNER" });
        taken.Add(await TakeAsync());
        clock.GoToNoonOf("2028-03-01");
        var call = await client.LogAsync(lead, "CALL", "OUTBOUND", "2028-02-28T11:30:00Z"); // told two days later
        taken.Add(await TakeAsync());
        clock.GoToNoonOf("2028-03-02");
        await client.PatchAsync($"/api/activities/{call}", new { occurredAt = "2028-02-28T09:00:00Z" }); // before the lead was made
        taken.Add(await TakeAsync());
        clock.GoToNoonOf("2028-03-03");
        await client.DeleteAsync($"/api/activities/{call}");
        taken.Add(await TakeAsync());
        clock.GoToNoonOf("2028-03-04");
        await client.DeleteAsync($"/api/leads/{lead}");
        taken.Add(await TakeAsync());
        clock.GoToNoonOf("2028-03-05");
        await client.PostAsync($"/api/leads/{lead}/restore");
        taken.Add(await TakeAsync());

        taken.ConvertAll(report => string.Join(", ", report.Groups(Figures))).ShouldBe(
        [
            $"{client.User} 1 0 1 0 0 none none", "bob 1 0 1 0 0 none none", "bob 1 1 0 0 0 30 30", "bob 1 1 0 0 0 0 0", "bob 1 0 1 0 0 none none", "", "bob 1 0 1 0 0 none none",
        ]);
        foreach (var report in taken)
        {
            (await client.ReportAsync($"leads?groupBy=owner&from=2028-02-01&to=2028-03-31&asOf={report["asOf"].GetString()}")).Text.ShouldBe(report.Text);
            await client.FollowAsync(report);
        }

        (await client.ReportAsync($"leads?from=2028-02-28&to=2028-02-28&source=WEBSITE&asOf={taken[0]["asOf"].GetString()}"))["total"].Counted(Figures).ShouldBe("1 0 1 0 0 none none");
        (await client.ReportAsync("leads?from=2028-02-28&to=2028-02-28&source=WEBSITE"))["total"].Counted(Figures).ShouldBe("0 0 0 0 none none none");

        Task<Answer> TakeAsync() => client.ReportAsync("leads?groupBy=owner&from=2028-02-01&to=2028-03-31");
    }

    [Theory, EachDatabase]
    public async Task Quantiles_are_exact_for_each_group_and_for_all(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        clock.GoToNoonOf("2028-02-28");
        var leads = new List<Guid>();
        for (var i = 1; i <= 11; i++) leads.Add(await client.MakeAsync("leads", new { lastName = $"Lead {i}", source = i == 11 ? "PARTNER" : i % 2 == 0 ? "REFERRAL" : "WEBSITE" }));
        var begin = clock.GetUtcNow();
        clock.GoToNoonOf("2028-03-10");
        for (var i = 1; i <= 10; i++) await client.LogAsync(leads[i - 1], "CALL", "OUTBOUND", $"{begin.AddMinutes(i).AddSeconds(1):O}");
        await client.LogAsync(leads[10], "CALL", "OUTBOUND", $"{begin.AddDays(10).AddSeconds(6):O}");

        // A second above the minutes; with the last of ten days: 6 in the middle, and the tenth of eleven.
        var report = await client.ReportAsync("leads?groupBy=source");
        report.Groups("medianMinutes", "p90Minutes").ShouldBe(["PARTNER 14400.1 14400.1", "REFERRAL 6.0167 9.2167", "WEBSITE 5.0167 8.2167"]);
        report["total"].Counted("contacted", "medianMinutes", "p90Minutes").ShouldBe("11 6.0167 10.0167");
    }

    [Theory, EachDatabase]
    public async Task Working_minutes_go_by_the_hours_and_holidays_of_the_settings_then(Database database)
    {
        string[] figures = ["medianMinutes", "p90Minutes", "medianWorkingMinutes", "p90WorkingMinutes"];
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        clock.GoTo("2028-02-25T16:30+01:00"); // a Friday
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace", source = "REFERRAL" });
        clock.GoTo("2028-02-29T09:15+01:00");
        await client.LogAsync(lead, "CALL", "OUTBOUND");
        var usual = await TakeAsync(); // 30 on Friday, 480 on Monday, 15 on Tuesday
        clock.GoToNoonOf("2028-03-01");
        await client.PatchAsync("/api/settings", new { holidays = new[] { "2028-02-28" } });
        var holiday = await TakeAsync();
        clock.GoToNoonOf("2028-03-02");
        await client.PatchAsync("/api/settings", new { workingHours = new[] { new { weekday = "SATURDAY", from = "20:00", to = "24:00" } } });
        var saturdays = await TakeAsync();
        clock.GoToNoonOf("2028-03-03");
        await client.PatchAsync("/api/settings", new { workingHours = Array.Empty<object>() });
        var never = await TakeAsync();

        new[] { usual, holiday, saturdays, never }.Select(report => report["total"].Counted(figures)).ShouldBe(["5325 5325 525 525", "5325 5325 45 45", "5325 5325 240 240", "5325 5325 none none"]);
        usual.Groups(figures).ShouldBe(["REFERRAL 5325 5325 525 525"]);
        foreach (var report in new[] { usual, holiday, saturdays, never })
        {
            (await client.ReportAsync($"leads?groupBy=source&asOf={report["asOf"].GetString()}")).Text.ShouldBe(report.Text);
            var counted = (await client.GetAsync(report["total"].GetProperty("contacted").GetProperty("drillDown").GetString()!)).Items.ShouldHaveSingleItem();
            counted.Told("responseMinutes", "responseWorkingMinutes").ShouldBe(report["total"].Counted("medianMinutes", "medianWorkingMinutes"));
        }

        Task<Answer> TakeAsync() => client.ReportAsync("leads?groupBy=source");
    }

    [Theory, EachDatabase]
    public async Task A_program_is_no_person(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var (_, key) = await client.MakeKeyAsync();
        (await client.ByKeyAsync(key, HttpMethod.Post, "/api/activities", new { type = "EMAIL", subject = "Thank you", direction = "OUTBOUND", leadId = lead })).ShouldBe(HttpStatusCode.Created);

        (await client.ReportAsync("leads"))["total"].Counted("contacted", "unanswered").ShouldBe("0 1");
        (await client.ReportAsync("activities"))["total"].GetProperty("count").GetInt32().ShouldBe(1);
        await client.LogAsync(lead, "CALL", "OUTBOUND");
        (await client.ReportAsync("leads"))["total"].Counted("contacted", "unanswered").ShouldBe("1 0");
    }

    [Theory, EachDatabase]
    public async Task Leads_are_in_no_pipeline(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        foreach (var list in (string[])["leads", "leads/counted"])
        {
            var refusal = (await client.GetAsync($"/api/analytics/{list}?pipelineId={Guid.CreateVersion7()}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
            refusal["errors"].GetProperty("pipelineId")[0].GetString()!.ShouldStartWith("is no parameter of this; there are asOf, ");
        }
    }
}
