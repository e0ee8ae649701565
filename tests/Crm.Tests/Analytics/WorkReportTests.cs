using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.ApiKeys;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>What the reports on leads, activities, tasks and users take, whom they show what, and in which form.</summary>
public sealed class WorkReportTests
{
    private static readonly string[] Reports = ["leads", "activities", "tasks", "leaderboard", "leads/counted", "activities/counted", "tasks/counted"];

    [Theory, EachDatabase]
    public async Task What_can_t_be_asked_is_refused_by_name(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        foreach (var report in Reports)
        {
            (await client.GetAsync($"/api/analytics/{report}?asOf=2999-01-01T00:00:00Z")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["asOf"]);
            (await client.GetAsync($"/api/analytics/{report}?from=2026-02-02&to=2026-02-01")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["to"]);
        }

        foreach (var grouped in (string[])["leads?groupBy=type", "activities?groupBy=owner", "tasks?groupBy=user", "leaderboard?groupBy=day"]) (await client.GetAsync($"/api/analytics/{grouped}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["groupBy"]);
        foreach (var split in (string[])["activities?groupBy=day", "tasks?groupBy=week", "leads?groupBy=month"]) (await client.GetAsync($"/api/analytics/{split}&from=1980-01-01&to=2026-01-01")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["to"]);
        (await client.GetAsync("/api/analytics/tasks/counted?figure=UNDATED&from=2026-01-01&to=2026-01-02")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["from", "to"]);
        foreach (var list in (string[])["leads", "activities", "tasks"])
        {
            (await client.GetAsync($"/api/analytics/{list}/counted?cursor=abc")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["cursor"]);
            (await client.GetAsync($"/api/analytics/{list}/counted?format=csv&take=3")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["take"]);
        }

        await client.MakeAsync("leads", new { lastName = "One" });
        await client.MakeAsync("leads", new { lastName = "Two" });
        var cursor = (await client.FoundAsync("/api/analytics/leads/counted?take=1"))["nextCursor"].GetString();
        (await client.GetAsync($"/api/analytics/tasks/counted?cursor={cursor}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["cursor"]);
    }

    [Theory, EachDatabase]
    public async Task A_rep_whose_sight_is_narrow_is_told_of_what_the_rep_sees_and_nothing_else(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var bob = admin.As(Role.Rep, "bob");
        await bob.GetAsync("/api/me");
        await admin.PatchAsync("/api/settings", new { visibility = "OWN" });
        var theirs = await admin.MakeAsync("leads", new { lastName = "Theirs", source = "WEBSITE", ownerId = "me" });
        var nobodys = await admin.MakeAsync("leads", new { lastName = "Nobody's" });
        var theirDeal = await admin.MakeAsync("deals", new { name = "Theirs", stage = "CLOSED_WON", value = 1 });
        var bobsDeal = await bob.MakeAsync("deals", new { name = "Bob's", stage = "CLOSED_WON", value = 20 });
        await admin.LogAsync(theirs, "CALL", "OUTBOUND");
        await admin.LogAsync(nobodys, "EMAIL", "OUTBOUND");
        await admin.MakeAsync("activities", new { type = "MEETING", subject = "Met", dealId = bobsDeal });
        await admin.MakeAsync("activities", new { type = "NOTE", subject = "Note", dealId = theirDeal });
        const string Due = "2026-01-01T00:00:00Z";
        await admin.MakeAsync("tasks", new { title = "Theirs", type = "CALL", dueAt = Due });
        await admin.MakeAsync("tasks", new { title = "For nobody's lead", type = "EMAIL", dueAt = Due, leadId = nobodys });
        await admin.MakeAsync("tasks", new { title = "For bob's deal", type = "MEETING", dueAt = Due, dealId = bobsDeal });
        await admin.MakeAsync("tasks", new { title = "Nobody's", type = "NOTE", dueAt = Due, assigneeId = (string?)null });
        await bob.MakeAsync("tasks", new { title = "Made by bob", dueAt = Due, assigneeId = admin.User });

        (await admin.ReportAsync("leads"))["total"].Counted("created", "contacted").ShouldBe("2 2");
        (await admin.ReportAsync("activities"))["total"].Told("count").ShouldBe("4");
        (await admin.ReportAsync("tasks?from=2026-01-01&to=2026-01-01"))["total"].Counted("overdue").ShouldBe("5");
        var leads = await bob.ReportAsync("leads?groupBy=owner");
        leads.Groups("created", "contacted").ShouldBe(["none 1 1"]);
        var activities = await bob.ReportAsync("activities?groupBy=type");
        activities.Groups("count").ShouldBe(["EMAIL 1", "MEETING 1"]);
        var tasks = await bob.ReportAsync("tasks?from=2026-01-01&to=2026-01-01&groupBy=type");
        tasks.Groups("overdue").ShouldBe(["EMAIL 1", "FOLLOW_UP 1", "MEETING 1", "NOTE 1"]);
        var leaderboard = await bob.ReportAsync("leaderboard");
        leaderboard["users"].EnumerateArray().Select(user => user.Counted("userId", "won", "dealsCreated", "activities", "tasksDone")).ShouldBe(["bob 1 1 0 0", $"{admin.User} 0 0 2 0"]);
        foreach (var report in new[] { leads, activities, tasks, leaderboard }) await bob.FollowAsync(report);
        (await bob.ReportAsync($"leads?ownerId={admin.User}"))["total"].Counted("created").ShouldBe("0");

        // What was bob's is still in the reports of when it was, without the name that it bears now.
        await admin.PatchAsync($"/api/leads/{theirs}", new { ownerId = "bob" });
        var then = await bob.ReportAsync("leads?source=WEBSITE");
        await admin.PatchAsync($"/api/leads/{theirs}", new { ownerId = "me", lastName = "Secret" });
        (await bob.ReportAsync("leads?source=WEBSITE"))["total"].Counted("created").ShouldBe("0");
        (await bob.FoundAsync(then["total"].GetProperty("contacted").GetProperty("drillDown").GetString()!)).Items.Select(lead => lead.Told("leadId", "name", "ownerId")).ShouldBe([$"{theirs} none bob"]);
    }

    [Theory, EachDatabase]
    public async Task A_key_reads_reports_for_analytics_and_what_is_behind_them_for_that_too(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (_, reports) = await client.MakeKeyAsync(resources: ["analytics"]);
        foreach (var report in Reports.Where(report => !report.EndsWith("/counted", StringComparison.Ordinal))) (await client.ByKeyAsync(reports, HttpMethod.Get, $"/api/analytics/{report}")).ShouldBe(HttpStatusCode.OK);
        foreach (var list in (string[])["leads", "activities", "tasks"])
        {
            var (_, both) = await client.MakeKeyAsync(resources: ["analytics", list]);
            foreach (var format in (string[])["json", "csv"])
            {
                (await client.ByKeyAsync(reports, HttpMethod.Get, $"/api/analytics/{list}/counted?format={format}")).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
                (await client.ByKeyAsync(both, HttpMethod.Get, $"/api/analytics/{list}/counted?format={format}")).ShouldBe(HttpStatusCode.OK);
            }
        }
    }

    [Theory, EachDatabase]
    public async Task Reports_come_as_lines(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { firstName = "=cmd()", lastName = "Lovelace", source = "PARTNER", ownerId = "me" });
        var activity = await client.MakeAsync("activities", new { type = "CALL", subject = "Hello", direction = "INBOUND", leadId = lead, occurredAt = "2026-01-01T09:30:00Z" });
        var task = await client.MakeAsync("tasks", new { title = "Call", dueAt = "2026-01-02T00:00:00Z", leadId = lead });

        (await client.FoundAsync("/api/analytics/leads?format=csv&groupBy=source")).Text.ShouldBe(
            "part,key,createdCount,contactedCount,unansweredCount,convertedCount,conversionRate,medianMinutes,p90Minutes,medianWorkingMinutes,p90WorkingMinutes\r\ngroups,PARTNER,1,0,1,0,0,,,,\r\ntotal,,1,0,1,0,0,,,,\r\n");
        (await client.FoundAsync("/api/analytics/activities?format=csv&groupBy=type&from=2026-01-01&to=2026-01-01")).Text.ShouldBe("part,key,count\r\ngroups,CALL,1\r\ntotal,,1\r\n");
        (await client.FoundAsync("/api/analytics/tasks?format=csv&from=2026-01-02&to=2026-01-02")).Text.ShouldBe(
            "part,dueCount,doneOnTimeCount,doneLateCount,overdueCount,openCount,onTimeRate,count\r\ntotal,1,0,0,1,0,0,\r\nundated,,,,,,,0\r\n");
        (await client.FoundAsync("/api/analytics/leads/counted?format=csv")).Text.ShouldStartWith(
            $"leadId,name,status,source,ownerId,createdAt,convertedAt,firstOutboundAt,responseMinutes,responseWorkingMinutes\r\n{lead},\"'=cmd() Lovelace\",NEW,PARTNER,{client.User},");
        (await client.FoundAsync("/api/analytics/activities/counted?format=csv&from=2026-01-01&to=2026-01-01")).Text.ShouldBe(
            $"activityId,subject,type,direction,userId,occurredAt,leadId,dealId,taskId\r\n{activity},Hello,CALL,INBOUND,{client.User},2026-01-01T09:30:00Z,{lead},,\r\n");
        (await client.FoundAsync("/api/analytics/tasks/counted?format=csv&figure=OVERDUE&from=2026-01-02&to=2026-01-02")).Text.ShouldStartWith(
            $"taskId,title,type,assigneeId,createdAt,dueAt,completedAt,leadId,dealId\r\n{task},Call,FOLLOW_UP,{client.User},");
    }

    [Theory, EachDatabase]
    public async Task A_report_of_the_past_keeps_to_the_time_zone_of_then(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.PatchAsync("/api/settings", new { timeZone = "Pacific/Auckland" });
        var before = await Task.WhenAll(Reports.Select(report => client.FoundAsync($"/api/analytics/{report}")));
        await client.PatchAsync("/api/settings", new { timeZone = "America/New_York" });

        foreach (var (report, answer) in Reports.Zip(before)) (await client.FoundAsync($"/api/analytics/{report}?asOf={answer["asOf"].GetString()}")).Text.ShouldBe(answer.Text);
        (await client.FoundAsync("/api/analytics/leads"))["timeZone"].GetString().ShouldBe("America/New_York");
    }
}
