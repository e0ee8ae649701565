using System.Text.Json;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>What is done by chance: every report on it is what is counted one by one, whenever and by whomever it is asked for.</summary>
public sealed class WorkPropertyTests
{
    private const int Operations = 45;
    private const int Questions = 40;

    private static readonly string[] Zones = ["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Kiritimati"];
    private static readonly string[] OfLeads = ["created", "contacted", "unanswered", "converted", "conversionRate", "medianMinutes", "p90Minutes", "medianWorkingMinutes", "p90WorkingMinutes"];
    private static readonly string[] OfTasks = ["due", "doneOnTime", "doneLate", "overdue", "open", "onTimeRate"];
    private static readonly string[] OfUsers = ["won", "dealsCreated", "activities", "tasksDone"];

    [Theory, EachDatabase]
    public async Task Every_report_is_what_was_done_counted_one_by_one(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var teams = Enumerable.Range(0, Fuzzing.Histories(3)).Select(_ => Team.Of(host)).ToList(); // before the clock goes on, as tokens are valid by the real one
        for (var i = 0; i < teams.Count; i++)
        {
            var (dice, zone) = (Fuzzing.Dice(i), Zones[i % Zones.Length]);
            var play = new WorkPlay(teams[i], clock, dice, zone);
            await play.BeginAsync();
            for (var done = 0; done < Operations; done++) await play.DoAsync();
            clock.Advance(TimeSpan.FromSeconds(1)); // so that a little behind the last is past
            for (var asked = 0; asked < Questions; asked++) await CheckAsync(teams[i], play.Ledger, WorkQuestion.ByChance(dice, play.Ledger, zone), follow: asked % 4 == 0);
        }
    }

    private static async Task CheckAsync(Team team, WorkLedger ledger, WorkQuestion question, bool follow)
    {
        var client = question.ByBob ? team.Bob : team.Ada;
        var report = await client.FoundAsync(question.Url);
        ReportCalls.About($"{client.User}: {question.Url}", () => LinesOf(question.Report, report).ShouldBe(new WorkBook(ledger, question).Lines, ignoreOrder: false));
        if (follow) await client.FollowAsync(report);
    }

    private static List<string> LinesOf(string report, Answer answer) => report switch
    {
        "leads" => [.. answer.Groups(OfLeads), answer["total"].Counted(OfLeads)],
        "activities" => [.. answer.Groups("count"), answer["total"].Told("count")],
        "tasks" => [.. answer.Groups(OfTasks), answer["total"].Counted(OfTasks), answer.Json.Counted("undated")],
        _ => [.. answer["users"].EnumerateArray().Select(user => $"{user.Told("userId")} {LineOf(user)}"), LineOf(answer["total"])],
    };

    private static string LineOf(JsonElement row) => $"{row.Counted(OfUsers)} {row.GetProperty("won").Told("value")}";
}
