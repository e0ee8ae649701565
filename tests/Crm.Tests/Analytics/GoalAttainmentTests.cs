using System.Globalization;
using System.Net;
using Crm.Contracts.Analytics;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.Pipelines;
using Shouldly;
using Xunit;
using static Crm.Tests.Analytics.CurrencyTests;

namespace Crm.Tests.Analytics;

/// <summary>How far goals were attained, in the forecast.</summary>
public sealed class GoalAttainmentTests
{
    private const string Year = "/api/analytics/forecast?from=2025-01-01&to=2025-12-31";

    [Theory, EachDatabase]
    public async Task What_an_owner_won_in_the_period_is_attained_in_the_goals_currency(Database database)
    {
        var admin = await WithMembersAsync(database);
        var partners = await admin.MakePipelineAsync();
        await TellAsync(admin, ("USD", "EUR", "2025-02-01", 0.5m), ("USD", "EUR", "2025-02-10", 2m));
        await WonAsync(admin, "bob", 100, "EUR", "2025-01-31T23:59:59Z");
        await WonAsync(admin, "bob", 10, "EUR", "2025-02-01T00:00:00Z");
        await WonAsync(admin, "bob", 4, "USD", "2025-02-09T12:00:00Z");
        await WonAsync(admin, "bob", 4, "USD", "2025-02-28T23:59:59Z");
        await WonAsync(admin, "bob", 7, "CHF", "2025-02-15T12:00:00Z");
        await WonAsync(admin, "carl", 1000, "EUR", "2025-02-15T12:00:00Z");
        await admin.MakeAsync("deals", new { name = "Partner's", ownerId = "bob", value = 30, pipelineId = partners, stage = "SIGNED", closedAt = "2025-03-15T12:00:00Z" });
        await admin.MakeAsync("deals", new { name = "Lost", ownerId = "bob", value = 500, stage = "CLOSED_LOST", lostReason = "Price", closedAt = "2025-02-15T12:00:00Z" });
        await GoalAsync(admin, new { ownerId = "bob", period = "2025-02", target = 40 });
        await GoalAsync(admin, new { ownerId = "bob", period = "2025-Q1", target = 3, metric = "COUNT" });
        await GoalAsync(admin, new { ownerId = "bob", period = "2025-Q1", target = 60, pipelineId = partners });
        await GoalAsync(admin, new { ownerId = "bob", period = "2024-12", target = 1 });

        var goals = await GoalsAsync(admin, $"{Year}&currency=JPY");

        goals.Select(Line).ShouldBe(
            ["bob 2025-Q1 COUNT 6 of 3 , 2", "bob 2025-Q1 VALUE 30 of 60 EUR, 0.5", "bob 2025-02 VALUE 20 of 40 EUR, 0.5"], ignoreOrder: true);
        goals.Single(goal => goal.Period == "2025-02").Unconverted.ShouldBe([new UnconvertedAmount { Currency = "CHF", Value = 7 }]);
        foreach (var goal in goals) await AddsUpAsync(admin, goal);
        (await GoalsAsync(admin, "/api/analytics/forecast?from=2025-02-28&to=2025-03-01")).Select(goal => goal.Period).ShouldBe(["2025-02", "2025-Q1", "2025-Q1"], ignoreOrder: true);
        (await GoalsAsync(admin, "/api/analytics/forecast?from=2025-03-01&to=2025-03-01")).Select(goal => goal.Period).ShouldBe(["2025-Q1", "2025-Q1"]);
        (await GoalsAsync(admin, "/api/analytics/forecast?from=2025-04-01&to=2025-12-31")).ShouldBeEmpty();
        (await GoalsAsync(admin, $"{Year}&ownerId=carl")).ShouldBeEmpty();
        (await GoalsAsync(admin, $"{Year}&ownerId=bob")).Count.ShouldBe(3);
        (await GoalsAsync(admin, $"{Year}&pipelineId={partners}")).Select(Line).ShouldBe(["bob 2025-Q1 VALUE 30 of 60 EUR, 0.5"]);
        (await GoalsAsync(admin, $"{Year}&source=WEBSITE")).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task The_leaderboard_tells_of_goals_that_still_run_too(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var admin = await WithMembersAsync(host);
        clock.GoTo("2028-02-15T12:00:00Z");
        await WonAsync(admin, "bob", 7, "EUR", "2028-01-15T12:00:00Z");
        await WonAsync(admin, "bob", 10, "EUR", "2028-02-14T12:00:00Z");
        await GoalAsync(admin, new { ownerId = "bob", period = "2028-01", target = 20 });
        await GoalAsync(admin, new { ownerId = "bob", period = "2028-02", target = 20 });
        await GoalAsync(admin, new { ownerId = "bob", period = "2028-Q1", target = 20 });
        await GoalAsync(admin, new { ownerId = "bob", period = "2028-03", target = 20 });

        (await LinesAsync("")).ShouldBe(["bob 2028-01 VALUE 7 of 20 EUR, 0.35", "bob 2028-Q1 VALUE 17 of 20 EUR, 0.85", "bob 2028-02 VALUE 10 of 20 EUR, 0.5"]);
        (await LinesAsync("?from=2028-02-29&to=2028-02-29")).ShouldBe(["bob 2028-Q1 VALUE 17 of 20 EUR, 0.85", "bob 2028-02 VALUE 10 of 20 EUR, 0.5"]);
        (await admin.FoundAsync("/api/analytics/leaderboard?format=csv")).Text.Split("\r\n").Count(line => line.StartsWith("goals,", StringComparison.Ordinal)).ShouldBe(3);

        async Task<List<string>> LinesAsync(string query)
        {
            var goals = (await admin.FoundAsync($"/api/analytics/leaderboard{query}")).As<LeaderboardReport>().Goals;
            foreach (var goal in goals) await AddsUpAsync(admin, goal);
            return [.. goals.Select(Line)];
        }
    }

    [Theory, EachDatabase]
    public async Task A_teams_goal_counts_what_those_won_who_were_in_it_at_the_instant(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var admin = await WithMembersAsync(host);
        await WonAsync(admin, "bob", 1, "EUR", "2025-02-15T12:00:00Z");
        await WonAsync(admin, "carl", 10, "EUR", "2025-02-15T12:00:00Z");
        await WonAsync(admin, "grace", 100, "EUR", "2025-02-15T12:00:00Z");
        await admin.MakeAsync("deals", new { name = "Nobody's", ownerId = (string?)null, value = 1000, stage = "CLOSED_WON", closedAt = "2025-02-15T12:00:00Z" });
        var before = await TakeAsync();
        var team = await admin.MakeAsync("teams", new { name = "Nordics", memberIds = new[] { "bob", "carl" } });
        var goal = await GoalAsync(admin, new { teamId = team, period = "2025-Q1", target = 1000 });
        var first = await TakeAsync();
        await admin.PatchAsync($"/api/teams/{team}", new { memberIds = new[] { "carl", "grace" } });
        var changed = await TakeAsync();
        await admin.PatchAsync($"/api/teams/{team}", new { name = "Nordics and Baltics", memberIds = Array.Empty<string>() });
        await admin.PatchAsync($"/api/goals/{goal}", new { target = 10 });
        var empty = await TakeAsync();
        await admin.DeleteAsync($"/api/teams/{team}");
        var deleted = await TakeAsync();

        new[] { before, first, changed, empty, deleted }.Select(taken => string.Join("; ", taken.Goals.Select(one => $"{one.Attained:0} of {one.Target:0}"))).ShouldBe(["", "11 of 1000", "110 of 1000", "0 of 10", ""], ignoreOrder: false);
        foreach (var taken in new[] { before, first, changed, empty, deleted })
        {
            (await admin.FoundAsync(taken.Url)).Text.ShouldBe(taken.Text);
            foreach (var one in taken.Goals) await AddsUpAsync(admin, one);
        }

        async Task<(IReadOnlyList<AttainedGoal> Goals, string Url, string Text)> TakeAsync()
        {
            var report = (await admin.FoundAsync(Year)).As<ForecastReport>();
            var url = $"{Year}&asOf={Uri.EscapeDataString(report.AsOf.ToString("O", CultureInfo.InvariantCulture))}";
            var text = (await admin.FoundAsync(url)).Text;
            clock.Advance(TimeSpan.FromHours(1));
            return (report.Goals, url, text);
        }
    }

    [Theory, EachDatabase]
    public async Task A_rep_is_told_of_the_goals_in_sight_and_what_was_attained_in_sight(Database database)
    {
        var admin = await WithMembersAsync(database);
        var team = await admin.MakeAsync("teams", new { name = "Nordics", memberIds = new[] { "bob", "carl" } });
        foreach (var (owner, value) in new[] { ("bob", 1), ("carl", 10), ("grace", 100) }) await WonAsync(admin, owner, value, "EUR", "2025-02-15T12:00:00Z");
        await GoalAsync(admin, new { teamId = team, period = "2025-Q1", target = 100 });
        foreach (var owner in new[] { "bob", "carl", "grace" }) await GoalAsync(admin, new { ownerId = owner, period = "2025-Q1", target = 100 });
        var rep = admin.As(Role.Rep, "bob");

        (await LinesAsync()).ShouldBe([" 11", "bob 1", "carl 10", "grace 100"], ignoreOrder: true);
        await admin.PatchAsync("/api/settings", new { visibility = "TEAM" });
        (await LinesAsync()).ShouldBe([" 11", "bob 1", "carl 10"], ignoreOrder: true);
        await admin.PatchAsync("/api/settings", new { visibility = "OWN" });
        (await LinesAsync()).ShouldBe([" 1", "bob 1"], ignoreOrder: true);
        foreach (var goal in await GoalsAsync(rep, Year)) await AddsUpAsync(rep, goal);

        async Task<List<string>> LinesAsync() => [.. (await GoalsAsync(rep, Year)).Select(goal => $"{goal.OwnerId} {goal.Attained:0}")];
    }

    [Theory, EachDatabase]
    public async Task Goals_come_as_lines_and_a_list_of_deals_by_team(Database database)
    {
        var admin = await WithMembersAsync(database);
        var team = await admin.MakeAsync("teams", new { name = "Nordics", memberIds = new[] { "bob" } });
        await WonAsync(admin, "bob", 10, "EUR", "2025-02-15T12:00:00Z");
        await WonAsync(admin, "bob", 7, "CHF", "2025-02-15T12:00:00Z");
        await GoalAsync(admin, new { teamId = team, period = "2025-Q1", target = 40 });

        var lines = (await admin.FoundAsync($"{Year}&format=csv")).Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToList();

        var goals = lines.FindAll(line => line[0] == "goals");
        goals.Select(line => string.Join(' ', new[] { "teamId", "period", "metric", "currency", "target", "attained", "ratio", "value" }.Select(name => line[Array.IndexOf(lines[0], name)]))).ShouldBe(
            [$"{team} 2025-Q1 VALUE EUR 40 10 0.25 ", $"{team} 2025-Q1 VALUE CHF    7"]);
        (await admin.FoundAsync($"/api/analytics/deals?teamId={team}"))["total"].GetInt32().ShouldBe(2);
        (await admin.FoundAsync($"/api/analytics/deals?teamId={Guid.CreateVersion7()}"))["total"].GetInt32().ShouldBe(0);
        (await admin.FoundAsync($"/api/analytics/deals?figure=MOVED_TO_WON&teamId={team}"))["total"].GetInt32().ShouldBe(0); // they were never open
    }

    /// <summary>The deals behind a goal make what is attained, and what isn't converted.</summary>
    private static async Task AddsUpAsync(Client client, AttainedGoal goal)
    {
        var deals = await ItemsAsync(client, goal.DrillDown);
        if (goal.Currency is null) deals.Count.ShouldBe((int)goal.Attained);
        else deals.Where(deal => deal.Currency == goal.Currency).Sum(deal => deal.Value).ShouldBe(goal.Attained);
        if (goal.Currency is not null) deals.Where(deal => deal.Currency != goal.Currency).GroupBy(deal => deal.Currency).Select(one => (one.Key, one.Sum(deal => deal.Value))).ShouldBe((goal.Unconverted ?? []).Select(one => (one.Currency, one.Value)), ignoreOrder: true);
    }

    private static string Line(AttainedGoal goal) => FormattableString.Invariant($"{goal.OwnerId} {goal.Period} {goal.Metric.ToString().ToUpperInvariant()} {goal.Attained:0.####} of {goal.Target:0.####} {goal.Currency}, {goal.Ratio:0.####}");

    private static async Task<IReadOnlyList<AttainedGoal>> GoalsAsync(Client client, string url) => (await client.FoundAsync(url)).As<ForecastReport>().Goals;

    private static Task<Guid> GoalAsync(Client client, object body) => client.MakeAsync("goals", body);

    private static Task<Guid> WonAsync(Client client, string ownerId, decimal value, string currency, string closedAt) =>
        client.MakeAsync("deals", new { name = "Engine", ownerId, value, currency, stage = "CLOSED_WON", closedAt });

    private static async Task<Client> WithMembersAsync(Database database) => await WithMembersAsync(await Hosts.For(database));

    private static async Task<Client> WithMembersAsync(CrmHost host)
    {
        var admin = host.NewTenant();
        foreach (var client in new[] { admin, admin.As(Role.Rep, "bob"), admin.As(Role.Rep, "carl"), admin.As(Role.Rep, "grace") }) (await client.GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK);
        return admin;
    }
}
