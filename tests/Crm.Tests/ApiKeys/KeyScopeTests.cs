using System.Net;
using Crm.Contracts.Members;
using Crm.Contracts.Validation;
using Crm.Tests.Kit;
using Crm.Tests.Walls;
using Shouldly;
using Xunit;

namespace Crm.Tests.ApiKeys;

/// <summary>What a key was made for, against every endpoint that the running service has.</summary>
public sealed class KeyScopeTests
{
    [Fact]
    public async Task A_key_can_be_made_for_every_collection_that_there_is_and_no_other()
    {
        var collections = Operation.Api(await Hosts.For(Database.Sqlite)).Select(operation => operation.Collection).Distinct().Where(collection => collection != "me");

        collections.ShouldBe(ResourcesAttribute.All, ignoreOrder: true, customMessage: "name the new collection in ResourcesAttribute.All");
    }

    [Theory, EachDatabase]
    public async Task A_key_reaches_what_its_role_its_kind_and_its_resources_let_it(Database database)
    {
        var host = await Hosts.For(database);
        var world = await World.MakeAsync(host.NewTenant(), $"user-{Guid.CreateVersion7():N}");
        var operations = Operation.Api(host);
        var faults = new List<string>();
        foreach (var role in Enum.GetValues<Role>())
        {
            foreach (var (readOnly, resources) in new (bool, string[]?)[] { (false, null), (true, null), (false, ["leads", "settings"]), (true, ["members", "api-keys"]) })
            {
                var (_, key) = await world.Client.MakeKeyAsync(role, readOnly, resources);
                foreach (var operation in operations)
                {
                    // With ids of nothing: what is let through finds nothing, and the world stays as it is.
                    var answer = await world.Client.ByKeyAsync(key, new HttpMethod(operation.Method), operation.PathWith(Guid.CreateVersion7().ToString()), Samples.BodyFor(operation, world));
                    var seen = answer.Status == HttpStatusCode.Forbidden ? answer.Code : "";
                    var expected = role < operation.Role ? "role-forbidden"
                        : (readOnly && operation.Method != "GET") || (resources is not null && operation.Collection != "me" && !resources.Contains(operation.Collection)) ? "key-forbidden" : "";
                    if (seen != expected || (int)answer.Status is 401 or >= 500) faults.Add($"{operation.Name} by {role}, {(readOnly ? "read-only" : "writing")}, for {string.Join(", ", resources ?? ["all"])}: {(int)answer.Status} {seen}, not {expected}");
                }
            }
        }

        faults.ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task A_key_with_limits_gives_nobody_what_outlives_or_exceeds_it(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        await admin.As(Role.Rep, "bob").GetAsync("/api/me");
        var (_, ending) = await admin.MakeKeyAsync(Role.Admin, expiresAt: DateTimeOffset.Parse("2099-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        var (_, narrow) = await admin.MakeKeyAsync(Role.Admin, resources: ["members", "invitations"]);
        var (_, whole) = await admin.MakeKeyAsync(Role.Admin);

        foreach (var key in new[] { ending, narrow })
        {
            (await admin.ByKeyAsync(key, HttpMethod.Post, "/api/invitations", new { email = "eve@crm.example", role = "VIEWER" })).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
            (await admin.ByKeyAsync(key, HttpMethod.Patch, "/api/members/bob", new { role = "ADMIN" })).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
        }

        (await admin.ByKeyAsync(whole, HttpMethod.Post, "/api/invitations", new { email = "eve@crm.example", role = "VIEWER" })).ShouldBe(HttpStatusCode.Created);
        (await admin.ByKeyAsync(whole, HttpMethod.Patch, "/api/members/bob", new { role = "MANAGER" })).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_key_that_isnt_for_goals_deletes_no_team_that_has_some(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var (_, teams) = await admin.MakeKeyAsync(Role.Admin, resources: ["teams"]);
        var (with, without) = (await admin.MakeAsync("teams", new { name = "Nordics", memberIds = new[] { "me" } }), await admin.MakeAsync("teams", new { name = "Baltics", memberIds = new[] { "me" } }));
        await admin.MakeAsync("goals", new { teamId = with, period = "2026-11", target = 1_000 });

        (await admin.ByKeyAsync(teams, HttpMethod.Delete, $"/api/teams/{with}")).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
        (await admin.ByKeyAsync(teams, HttpMethod.Delete, $"/api/teams/{without}")).ShouldBe(HttpStatusCode.NoContent);

        (await admin.GetAsync("/api/goals")).Items.ShouldHaveSingleItem();
    }

    [Theory, EachDatabase]
    public async Task A_key_makes_no_key_that_may_do_more_than_itself(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var end = TimeProvider.System.GetUtcNow().AddDays(1);
        var (_, key) = await admin.MakeKeyAsync(Role.Admin, resources: ["api-keys", "leads"], expiresAt: end);
        var (_, managers) = await admin.MakeKeyAsync(Role.Manager, resources: ["api-keys"]);

        foreach (var body in new object[]
        {
            new { name = "Wider", role = "REP", expiresAt = end }, new { name = "Wider", role = "REP", resources = new[] { "leads", "deals" }, expiresAt = end },
            new { name = "Longer", role = "REP", resources = new[] { "leads" } }, new { name = "Longer", role = "REP", resources = new[] { "leads" }, expiresAt = end.AddSeconds(1) },
        })
        {
            (await admin.ByKeyAsync(key, HttpMethod.Post, "/api/api-keys", body)).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
        }

        var made = (await admin.ByKeyAsync(key, HttpMethod.Post, "/api/api-keys", new { name = "Narrower", role = "REP", resources = new[] { "leads" }, expiresAt = end })).ShouldBe(HttpStatusCode.Created);
        made["createdBy"].GetString().ShouldStartWith("key:");
        (await admin.ByKeyAsync(managers, HttpMethod.Post, "/api/api-keys", new { name = "Any", role = "VIEWER" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await admin.GetAsync("/api/api-keys"))["total"].GetInt32().ShouldBe(3);
    }
}
