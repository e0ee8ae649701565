using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>Who achieved what, worked out by hand.</summary>
public sealed class LeaderboardTests
{
    private static readonly string[] Figures = ["userId", "won", "dealsCreated", "activities", "tasksDone"];

    [Theory, EachDatabase]
    public async Task Users_come_by_what_they_won_and_what_is_nobodys_comes_last(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = await host.NewBerlinerAsync();
        var (bob, carl, dora) = (ada.As(Role.Rep, "bob"), ada.As(Role.Rep, "carl"), ada.As(Role.Rep, "dora"));
        foreach (var user in new[] { bob, carl, dora }) await user.GetAsync("/api/me");
        clock.GoToNoonOf("2028-02-29");
        var early = await ada.MakeAsync("deals", new { name = "Early", value = 70, ownerId = "bob" });
        clock.GoToNoonOf("2028-03-01");
        await ada.MakeAsync("deals", new { name = "Open", value = 5000, ownerId = "dora" });
        await ada.MakeAsync("deals", new { name = "Lost", stage = "CLOSED_LOST", lostReason = "Price", ownerId = "carl" });
        await ada.MakeAsync("deals", new { name = "Nobody's", stage = "CLOSED_WON", value = 900, ownerId = (string?)null });
        await ada.MoveAsync(early, "CLOSED_WON");
        await carl.LogAsync(await ada.MakeAsync("leads", new { lastName = "Lovelace" }), "CALL", "OUTBOUND");
        var task = await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "carl" });
        await ada.PutAsync($"/api/tasks/{task}/complete"); // by ada, for carl

        var march = await ada.ReportAsync("leaderboard?from=2028-03-01&to=2028-03-31");
        Rows(march).ShouldBe(["bob 1 0 0 0 70", "carl 0 1 1 1 0", "dora 0 1 0 0 0", "none 1 1 0 0 900"]);
        march["total"].Counted([.. Figures.Skip(1)]).ShouldBe("2 3 1 1");
        march["total"].GetProperty("won").Told("value").ShouldBe("970");
        (await ada.FollowAsync(march)).ShouldBe(20);
        (await ada.NamesAsync(march["users"][0].GetProperty("won").GetProperty("drillDown"))).ShouldBe(["Early"]);
        march["users"][0].GetProperty("won").GetProperty("drillDown").GetString()!.ShouldStartWith("/api/analytics/deals?figure=WON&");
        Rows(await ada.ReportAsync("leaderboard?from=2028-03-01&to=2028-03-31&ownerId=carl,none")).ShouldBe(["carl 0 1 1 1 0", "none 1 1 0 0 900"]);
        Rows(await ada.ReportAsync("leaderboard?from=2028-02-29&to=2028-02-29")).ShouldBe(["bob 0 1 0 0 0"]);

        // Handing over hands over what was won; as of before, it was bob's.
        clock.GoToNoonOf("2028-03-02");
        await ada.PatchAsync($"/api/deals/{early}", new { ownerId = "dora" });
        Rows(await ada.ReportAsync("leaderboard?from=2028-03-01&to=2028-03-31")).ShouldBe(["dora 1 1 0 0 70", "carl 0 1 1 1 0", "none 1 1 0 0 900"]);
        (await ada.ReportAsync($"leaderboard?from=2028-03-01&to=2028-03-31&asOf={march["asOf"].GetString()}")).Text.ShouldBe(march.Text);
    }

    [Theory, EachDatabase]
    public async Task Several_currencies_stand_apart_and_the_tenants_own_ranks(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var name in (string[])["bob", "carl"]) await client.As(Role.Rep, name).GetAsync("/api/me");
        await WinAsync("bob", 1000, "USD");
        await WinAsync("carl", 1, "EUR");
        await WinAsync("carl", 2, "USD");

        var report = await client.ReportAsync("leaderboard");

        report["users"].EnumerateArray().Select(user => user.Counted(Figures)).ShouldBe(["carl 2 2 0 0", "bob 1 1 0 0"]);
        report["users"].EnumerateArray().Select(Amounts).ShouldBe(["EUR 1, USD 2", "USD 1000"]);
        (report["currency"].ValueKind, report["total"].GetProperty("won").GetProperty("value").ValueKind, Amounts(report["total"])).ShouldBe((JsonValueKind.Null, JsonValueKind.Null, "EUR 1, USD 1002"));
        (await client.ReportAsync("leaderboard?format=csv&ownerId=carl")).Text.ShouldBe(
            "part,currency,userId,wonCount,wonValue,dealsCreatedCount,activitiesCount,tasksDoneCount\r\nusers,,carl,2,,2,0,0\r\nusers,EUR,carl,,1,,,\r\nusers,USD,carl,,2,,,\r\ntotal,,,2,,2,0,0\r\ntotal,EUR,,,1,,,\r\ntotal,USD,,,2,,,\r\n");

        Task<Guid> WinAsync(string ownerId, decimal value, string currency) => client.MakeAsync("deals", new { name = "Engine", stage = "CLOSED_WON", ownerId, value, currency });

        static string Amounts(JsonElement row) => string.Join(", ", row.GetProperty("amounts").EnumerateArray().Select(amount => amount.Told("currency", "wonValue")));
    }

    private static List<string> Rows(Answer report) => [.. report["users"].EnumerateArray().Select(user => $"{user.Counted(Figures)} {user.GetProperty("won").Told("value")}")];
}
