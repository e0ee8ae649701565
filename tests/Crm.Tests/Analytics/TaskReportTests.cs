using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>What became of the tasks that were due, worked out by hand.</summary>
public sealed class TaskReportTests
{
    private static readonly string[] Figures = ["due", "doneOnTime", "doneLate", "overdue", "open", "onTimeRate"];

    [Theory, EachDatabase]
    public async Task A_task_is_done_on_time_late_overdue_or_open(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        var bob = client.As(Role.Rep, "bob");
        await bob.GetAsync("/api/me");
        clock.GoTo("2028-03-20T12:00+01:00");
        var onTime = await MakeAsync("On time", "2028-03-26T02:00:00Z", type: "CALL");
        var late = await MakeAsync("Late", "2028-03-26T02:00:00Z", "bob");
        await MakeAsync("Overdue", "2028-03-25T23:00:00Z", null); // the first instant of the 26th, a day of 23 hours
        await MakeAsync("Open", "2028-03-26T21:59:59.999999Z"); // its last
        var reopened = await MakeAsync("Reopened", "2028-03-26T22:00:00Z", "bob"); // the first of the 27th
        await MakeAsync("Undated", null);
        await CompleteAsync(await MakeAsync("Undated, done", null));
        await CompleteAsync(reopened);
        clock.GoTo("2028-03-26T04:00+02:00");
        await CompleteAsync(onTime); // just when it is due
        clock.GoTo("2028-03-26T04:00:01+02:00");
        await CompleteAsync(late);
        (await client.DeleteAsync($"/api/tasks/{reopened}/complete")).ShouldBe(HttpStatusCode.OK);

        var day = await client.ReportAsync("tasks?from=2028-03-26&to=2028-03-26");
        day["total"].Counted(Figures).ShouldBe("4 1 1 1 1 0.3333");
        day.Json.Counted("undated").ShouldBe("1");
        (await client.FollowAsync(day)).ShouldBe(6);
        var assignees = await client.ReportAsync("tasks?from=2028-03-25&to=2028-03-27&groupBy=assignee");
        assignees.Groups(Figures).Order(StringComparer.Ordinal).ShouldBe(((string[])[$"{client.User} 2 1 0 0 1 1", "bob 2 0 1 0 1 0", "none 1 0 0 1 0 0"]).Order(StringComparer.Ordinal));
        await client.FollowAsync(assignees);
        var days = await client.ReportAsync("tasks?from=2028-03-25&to=2028-03-27&groupBy=day");
        days.Groups(Figures).ShouldBe(["2028-03-25 0 0 0 0 0 none", "2028-03-26 4 1 1 1 1 0.3333", "2028-03-27 1 0 0 0 1 none"]);
        await client.FollowAsync(days);
        var types = await client.ReportAsync("tasks?from=2028-03-26&to=2028-03-26&groupBy=type");
        types.Groups(Figures).ShouldBe(["CALL 1 1 0 0 0 1", "FOLLOW_UP 3 0 1 1 1 0"]);
        await client.FollowAsync(types);

        // At the very instant at which it is due it isn't overdue yet.
        (await client.ReportAsync("tasks?from=2028-03-26&to=2028-03-26&asOf=2028-03-25T23:00:00Z"))["total"].Counted(Figures).ShouldBe("4 0 0 0 4 none");
        (await client.ReportAsync("tasks?from=2028-03-26&to=2028-03-26&asOf=2028-03-25T23:00:00.000001Z"))["total"].Counted(Figures).ShouldBe("4 0 0 1 3 0");

        Task<Guid> MakeAsync(string title, string? dueAt, string? assigneeId = "me", string type = "FOLLOW_UP") => client.MakeAsync("tasks", new { title, dueAt, assigneeId, type });

        async Task CompleteAsync(Guid task) => (await client.PutAsync($"/api/tasks/{task}/complete")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_report_of_the_past_knows_nothing_of_what_came_after(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        var bob = client.As(Role.Rep, "bob");
        await bob.GetAsync("/api/me");
        clock.GoToNoonOf("2028-03-01");
        var task = await client.MakeAsync("tasks", new { title = "Call", dueAt = "2028-03-03T11:00:00Z" });
        var taken = new List<Answer> { await TakeAsync() };
        clock.GoToNoonOf("2028-03-02");
        await client.PatchAsync($"/api/tasks/{task}", new { assigneeId = "bob" });
        taken.Add(await TakeAsync());
        clock.GoToNoonOf("2028-03-04");
        taken.Add(await TakeAsync()); // nothing was done but that time went by
        clock.GoToNoonOf("2028-03-05");
        await client.PatchAsync($"/api/tasks/{task}", new { dueAt = "2028-03-06T11:00:00Z" });
        taken.Add(await TakeAsync());
        clock.GoToNoonOf("2028-03-06");
        await client.PutAsync($"/api/tasks/{task}/complete");
        taken.Add(await TakeAsync());
        clock.GoToNoonOf("2028-03-07");
        await client.DeleteAsync($"/api/tasks/{task}");
        taken.Add(await TakeAsync());

        taken.ConvertAll(report => string.Join(", ", report.Groups(Figures))).ShouldBe(
            [$"{client.User} 1 0 0 0 1 none", "bob 1 0 0 0 1 none", "bob 1 0 0 1 0 0", "bob 1 0 0 0 1 none", "bob 1 1 0 0 0 1", ""]);
        foreach (var report in taken)
        {
            (await client.ReportAsync($"tasks?groupBy=assignee&from=2028-03-01&to=2028-03-31&asOf={report["asOf"].GetString()}")).Text.ShouldBe(report.Text);
            await client.FollowAsync(report);
        }

        Task<Answer> TakeAsync() => client.ReportAsync("tasks?groupBy=assignee&from=2028-03-01&to=2028-03-31");
    }
}
