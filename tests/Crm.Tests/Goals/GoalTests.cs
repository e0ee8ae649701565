using System.Net;
using Crm.Contracts.Failures;
using Crm.Contracts.Goals;
using Crm.Contracts.Members;
using Crm.Database.Goals;
using Crm.Tests.Clients;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Crm.Tests.Pipelines;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Goals;

public sealed class GoalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_goal_is_made_read_changed_and_deleted_and_each_is_audited(Database database)
    {
        var admin = await WithMembersAsync(database);
        var manager = admin.As(Role.Manager, "grace");

        var made = (await manager.PostAsync("/api/goals", new { ownerId = "me", period = "2026-Q4", target = 120_000.5 })).ShouldBe(HttpStatusCode.Created);
        Line(made).ShouldBe("grace  2026-Q4 VALUE 120000.5 EUR ");
        (made.ETag, made.Headers["Location"]).ShouldBe(("\"1\"", $"/api/goals/{made.Id}"));
        (await admin.As(Role.Viewer, "bob").GetAsync($"/api/goals/{made.Id}")).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(made.Text);
        (await admin.GetAsync($"/api/goals/{made.Id}", ("If-None-Match", made.ETag))).ShouldBe(HttpStatusCode.NotModified);

        var same = await manager.PatchAsync($"/api/goals/{made.Id}", new { target = 120_000.5, ownerId = "grace" });
        var changed = await manager.PatchAsync($"/api/goals/{made.Id}", new { metric = "COUNT", target = 12 }, ("If-Match", made.ETag));
        (same.ETag, changed.ETag, Line(changed)).ShouldBe(("\"1\"", "\"2\"", "grace  2026-Q4 COUNT 12  "));
        (await manager.PatchAsync($"/api/goals/{made.Id}", new { target = 13 }, ("If-Match", made.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await manager.DeleteAsync($"/api/goals/{made.Id}", ("If-Match", made.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await manager.DeleteAsync($"/api/goals/{made.Id}", ("If-Match", changed.ETag))).ShouldBe(HttpStatusCode.NoContent);
        (await manager.GetAsync($"/api/goals/{made.Id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await manager.DeleteAsync($"/api/goals/{made.Id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");

        var audit = (await admin.GetAsync($"/api/audit?subject=goals/{made.Id}")).Items;
        audit.Select(e => $"{e.GetProperty("type")} by {e.GetProperty("actor")}: {string.Join(' ', e.GetProperty("changes").EnumerateObject().Select(change => change.Name).Order())}").ShouldBe(
            ["goal.deleted by grace: metric ownerId period target", "goal.changed by grace: currency metric target", "goal.created by grace: currency metric ownerId period target"]);
    }

    [Theory, EachDatabase]
    public async Task There_is_one_goal_for_the_same_and_a_second_is_told_which(Database database)
    {
        var admin = await WithMembersAsync(database);
        var (pipeline, team) = (await admin.MakePipelineAsync(), await admin.MakeAsync("teams", new { name = "Nordics", memberIds = new[] { "bob" } }));
        object[] different =
        [
            new { ownerId = "bob", period = "2026-11", target = 1 }, new { ownerId = "grace", period = "2026-11", target = 1 }, new { teamId = team, period = "2026-11", target = 1 },
            new { ownerId = "bob", period = "2026-12", target = 1 }, new { ownerId = "bob", period = "2026-Q4", target = 1 }, new { ownerId = "bob", period = "2026-11", target = 1, metric = "COUNT" },
            new { ownerId = "bob", period = "2026-11", target = 1, currency = "USD" }, new { ownerId = "bob", period = "2026-11", target = 1, pipelineId = pipeline },
        ];
        var ids = new List<Guid>();
        foreach (var goal in different) ids.Add(await admin.MakeAsync("goals", goal));

        for (var i = 0; i < different.Length; i++)
        {
            (await admin.PostAsync("/api/goals", different[i])).ShouldFail(HttpStatusCode.Conflict, "goal-exists")["goalId"].GetGuid().ShouldBe(ids[i]);
        }

        (await admin.PatchAsync($"/api/goals/{ids[1]}", new { ownerId = "bob" })).ShouldFail(HttpStatusCode.Conflict, "goal-exists")["goalId"].GetGuid().ShouldBe(ids[0]);
        (await admin.PatchAsync($"/api/goals/{ids[2]}", new { teamId = (Guid?)null, ownerId = "bob", period = "2027-01" })).ShouldBe(HttpStatusCode.OK);
        await admin.DeleteAsync($"/api/goals/{ids[0]}");
        (await admin.PostAsync("/api/goals", different[0])).ShouldBe(HttpStatusCode.Created);
    }

    [Theory, EachDatabase]
    public async Task Of_many_who_make_the_same_goal_at_once_one_does(Database database)
    {
        var admin = await WithMembersAsync(database);

        var answers = await Race.OfAsync(12, _ => admin.PostAsync("/api/goals", new { ownerId = "bob", period = "2026-11", target = 1 }));

        var made = answers.Single(answer => answer.Status == HttpStatusCode.Created).Id;
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.Created)) answer.ShouldFail(HttpStatusCode.Conflict, "goal-exists")["goalId"].GetGuid().ShouldBe(made);
    }

    [Theory, EachDatabase]
    public async Task What_makes_no_goal_is_refused_at_its_pointer(Database database)
    {
        var admin = await WithMembersAsync(database);
        var team = await admin.MakeAsync("teams", new { name = "Nordics", memberIds = new[] { "bob" } });
        await admin.PatchAsync("/api/members/carl", new { active = false });

        await RefusesAsync("/ownerId", new { period = "2026-11", target = 1 });
        await RefusesAsync("/teamId", new { ownerId = "bob", teamId = team, period = "2026-11", target = 1 });
        foreach (var period in (string[])["2026", "2026-13", "2026-00", "2026-Q5", "2026-q1", "2026-W48", "1969-12", "2200-01", "2026-11-01"]) await RefusesAsync("/period", new { ownerId = "bob", period, target = 1 });
        foreach (var target in (decimal[])[0, -1, 0.00001m, 1_000_000_000_000m]) await RefusesAsync("/target", new { ownerId = "bob", period = "2026-11", target });
        await RefusesAsync("/target", new { ownerId = "bob", period = "2026-11", target = 1.5, metric = "COUNT" });
        await RefusesAsync("/currency", new { ownerId = "bob", period = "2026-11", target = 1, metric = "COUNT", currency = "EUR" });
        await RefusesAsync("/currency", new { ownerId = "bob", period = "2026-11", target = 1, currency = "EURO" });
        await RefusesAsync("/ownerId", new { ownerId = "nobody", period = "2026-11", target = 1 }, HttpStatusCode.UnprocessableEntity, "unknown-reference");
        await RefusesAsync("/ownerId", new { ownerId = "carl", period = "2026-11", target = 1 }, HttpStatusCode.UnprocessableEntity, "unknown-reference");
        await RefusesAsync("/teamId", new { teamId = Guid.CreateVersion7(), period = "2026-11", target = 1 }, HttpStatusCode.UnprocessableEntity, "unknown-reference");
        await RefusesAsync("/pipelineId", new { ownerId = "bob", period = "2026-11", target = 1, pipelineId = Guid.CreateVersion7() }, HttpStatusCode.UnprocessableEntity, "unknown-reference");
        (await admin.As(Role.Rep, "bob").PostAsync("/api/goals", new { ownerId = "me", period = "2026-11", target = 1 })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await admin.GetAsync("/api/goals"))["total"].GetInt32().ShouldBe(0);

        (await admin.GetAsync("/api/goals?period=2026-11,2026-13")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["period"]);

        async Task RefusesAsync(string pointer, object body, HttpStatusCode status = HttpStatusCode.BadRequest, string code = "validation-failed") =>
            (await admin.PostAsync("/api/goals", body)).ShouldFail(status, code).Faults.ShouldBe([pointer]);
    }

    [Theory, EachDatabase]
    public async Task Goals_are_listed_by_whose_they_are_and_when_the_latest_period_first(Database database)
    {
        var admin = await WithMembersAsync(database);
        var team = await admin.MakeAsync("teams", new { name = "Nordics", memberIds = new[] { "bob" } });
        foreach (var period in (string[])["2026-11", "2026-Q4", "2027-01"]) await admin.MakeAsync("goals", new { ownerId = "bob", period, target = 1 });
        await admin.MakeAsync("goals", new { teamId = team, period = "2026-11", target = 1 });
        await admin.MakeAsync("goals", new { ownerId = "ada", period = "2025-12", target = 1 });

        (await PeriodsAsync("")).ShouldBe(["2027-01", "2026-11", "2026-11", "2026-Q4", "2025-12"], ignoreOrder: false);
        (await PeriodsAsync("?ownerId=bob&sort=period")).ShouldBe(["2026-Q4", "2026-11", "2027-01"], ignoreOrder: false);
        (await PeriodsAsync("?ownerId=me")).ShouldBe(["2025-12"]);
        (await PeriodsAsync($"?teamId={team}")).ShouldBe(["2026-11"]);
        (await PeriodsAsync("?period=2026-11,2026-Q4&ownerId=bob")).ShouldBe(["2026-11", "2026-Q4"]);
        var all = new List<string>();
        await foreach (var goal in admin.Typed().Goals.ListAllAsync(new GoalQuery { Take = 2 }, Stop)) all.Add(goal.Period);
        all.ShouldBe(["2027-01", "2026-11", "2026-11", "2026-Q4", "2025-12"], ignoreOrder: false);

        async Task<List<string?>> PeriodsAsync(string query) => [.. (await admin.GetAsync($"/api/goals{query}")).ShouldBe(HttpStatusCode.OK).Items.Select(goal => goal.GetProperty("period").GetString())];
    }

    [Theory, EachDatabase("ALL", "bob carl grace Mine Theirs"), EachDatabase("TEAM", "bob carl Mine"), EachDatabase("OWN", "bob Mine")]
    public async Task A_rep_sees_the_goals_of_members_in_sight_and_of_own_teams(Database database, string visibility, string seen)
    {
        var admin = await WithMembersAsync(database);
        var mine = await admin.MakeAsync("teams", new { name = "Mine", memberIds = new[] { "bob", "carl" } });
        var theirs = await admin.MakeAsync("teams", new { name = "Theirs", memberIds = new[] { "carl", "grace" } });
        var goals = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var owner in new[] { "bob", "carl", "grace" }) goals[owner] = await admin.MakeAsync("goals", new { ownerId = owner, period = "2026-11", target = 1 });
        goals["Mine"] = await admin.MakeAsync("goals", new { teamId = mine, period = "2026-11", target = 1 });
        goals["Theirs"] = await admin.MakeAsync("goals", new { teamId = theirs, period = "2026-11", target = 1 });
        await admin.PatchAsync("/api/settings", new { visibility });
        var rep = admin.As(Role.Rep, "bob");

        var listed = (await rep.GetAsync("/api/goals")).Items.Select(goal => goal.GetProperty("id").GetGuid()).ToList();

        goals.Where(goal => listed.Contains(goal.Value)).Select(goal => goal.Key).ShouldBe(seen.Split(' '), ignoreOrder: true);
        foreach (var (name, id) in goals) (await rep.GetAsync($"/api/goals/{id}")).Status.ShouldBe(seen.Split(' ').Contains(name) ? HttpStatusCode.OK : HttpStatusCode.NotFound, name);
        (await admin.As(Role.Viewer, "bob").GetAsync("/api/goals"))["total"].GetInt32().ShouldBe(5);
    }

    [Theory, EachDatabase]
    public async Task What_a_goal_was_is_kept_from_version_to_version_and_beyond_its_end(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var admin = host.NewTenant();
        var start = clock.GetUtcNow();
        var goal = await admin.MakeAsync("goals", new { ownerId = "me", period = "2026-11", target = 10 });
        clock.Advance(TimeSpan.FromHours(1));
        await admin.PatchAsync($"/api/goals/{goal}", new { target = 20, period = "2026-Q4" });
        clock.Advance(TimeSpan.FromHours(1));
        await admin.PatchAsync($"/api/goals/{goal}", new { target = 20 });
        await admin.DeleteAsync($"/api/goals/{goal}");

        var kept = await host.QueryAsync(admin.TenantId, db => db.GoalSnapshots.OrderBy(s => s.Version).ToListAsync(Stop));

        kept.Select(s => $"{(s.At - start).TotalHours} {(s.Until.Year == 9999 ? "ever" : (s.Until - start).TotalHours)} {s.FirstDay:MM-dd} {s.LastDay:MM-dd} {s.Target:0} {s.IsDeleted}").ShouldBe(
            ["0 1 11-01 11-30 10 False", "1 2 10-01 12-31 20 False", "2 ever 10-01 12-31 20 True"], ignoreOrder: false);
    }

    [Theory, EachDatabase]
    public async Task A_team_takes_its_goals_with_it(Database database)
    {
        var admin = await WithMembersAsync(database);
        var team = await admin.MakeAsync("teams", new { name = "Nordics", memberIds = new[] { "bob" } });
        var (goal, other) = (await admin.MakeAsync("goals", new { teamId = team, period = "2026-11", target = 1 }), await admin.MakeAsync("goals", new { ownerId = "bob", period = "2026-11", target = 1 }));

        (await admin.DeleteAsync($"/api/teams/{team}")).ShouldBe(HttpStatusCode.NoContent);

        (await admin.GetAsync("/api/goals")).Items.Select(one => one.GetProperty("id").GetGuid()).ShouldBe([other]);
        (await admin.GetAsync($"/api/audit?subject=goals/{goal}")).Items[0].GetProperty("type").GetString().ShouldBe("goal.deleted");
        (await admin.Host.QueryAsync(admin.TenantId, db => db.Set<GoalSnapshot>().CountAsync(s => s.TeamId == team, Stop))).ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task A_goal_is_written_and_read_through_the_typed_client(Database database)
    {
        var crm = (await WithMembersAsync(database)).Typed();

        var made = await crm.Goals.CreateAsync(new GoalFields { OwnerId = "bob", Period = "2026-11", Target = 10, Metric = GoalMetric.Count }, "key", Stop);
        var changed = await crm.Goals.ChangeAsync(made.Id, new { target = 11 }, made.Version, Stop);
        var taken = await Should.ThrowAsync<CrmException>(() => crm.Goals.CreateAsync(new GoalFields { OwnerId = "bob", Period = "2026-11", Target = 10, Metric = GoalMetric.Count }, null, Stop));

        (taken.Code, (await crm.Goals.GetAsync(made.Id, Stop)).Target).ShouldBe((FailureCodes.GoalExists, changed.Target));
        await crm.Goals.DeleteAsync(made.Id, changed.Version, Stop);
        (await crm.Goals.ListAsync(new GoalQuery(), Stop)).Items.ShouldBeEmpty();
    }

    private static string Line(Answer goal) => string.Join(' ', new[] { "ownerId", "teamId", "period", "metric", "target", "currency", "pipelineId" }.Select(member => goal[member].ToString()));

    private static async Task<Client> WithMembersAsync(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        await admin.GetAsync("/api/me");
        foreach (var user in new[] { "bob", "carl", "grace" }) await admin.As(Role.Rep, user).GetAsync("/api/me");
        return admin;
    }
}
