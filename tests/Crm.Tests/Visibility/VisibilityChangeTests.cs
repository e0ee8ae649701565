using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Visibility;

public sealed class VisibilityChangeTests
{
    [Theory, EachDatabase]
    public async Task What_an_admin_changes_counts_at_the_next_request_on_every_instance(Database database)
    {
        var connection = await Hosts.NewDatabaseAsync(database);
        await using var first = await CrmHost.StartAsync(database, connection);
        await using var second = await CrmHost.StartAsync(database, connection);
        var admin = first.NewTenant();
        var (rep, mate) = (new Client(second, admin.TenantId, "rep", Role.Rep), new Client(second, admin.TenantId, "mate", Role.Rep));
        await rep.GetAsync("/api/me");
        var lead = await mate.MakeAsync("leads", new { lastName = "Lovelace", ownerId = "me" });

        await ShouldSeeAsync(true);
        await admin.PatchAsync("/api/settings", new { visibility = "OWN" });
        await ShouldSeeAsync(false);
        await admin.PatchAsync("/api/settings", new { visibility = "TEAM" });
        await ShouldSeeAsync(false);
        var team = (await admin.PostAsync("/api/teams", new { name = "First", memberIds = new[] { "rep", "mate" } })).ShouldBe(HttpStatusCode.Created);
        await ShouldSeeAsync(true);
        await admin.PatchAsync($"/api/teams/{team.Id}", new { memberIds = new[] { "rep" } });
        await ShouldSeeAsync(false);
        await admin.PatchAsync($"/api/teams/{team.Id}", new { memberIds = new[] { "mate", "rep" } });
        await ShouldSeeAsync(true);
        (await admin.DeleteAsync($"/api/teams/{team.Id}")).ShouldBe(HttpStatusCode.NoContent);
        await ShouldSeeAsync(false);
        await admin.PatchAsync("/api/settings", new { visibility = "ALL" });
        await ShouldSeeAsync(true);

        async Task ShouldSeeAsync(bool seen)
        {
            (await rep.GetAsync($"/api/leads/{lead}")).ShouldBe(seen ? HttpStatusCode.OK : HttpStatusCode.NotFound);
            (await rep.GetAsync("/api/leads"))["total"].GetInt32().ShouldBe(seen ? 1 : 0);
            (await rep.PatchAsync($"/api/leads/{lead}", new { jobTitle = "Countess" })).ShouldBe(seen ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        }
    }

    [Theory, EachDatabase("leads", "ownerId"), EachDatabase("deals", "ownerId")]
    public async Task Who_hands_a_record_over_is_answered_with_it_and_sees_it_no_more(Database database, string collection, string owner)
    {
        var (_, rep) = await NarrowAsync(database);
        var (path, _) = await rep.MakeOneAsync(collection, "First", (owner, "me"));
        var read = await rep.GetAsync(path);

        var handed = await rep.PatchAsync(path, new Dictionary<string, object> { [owner] = "other" }, ("If-Match", read.ETag));

        handed.ShouldBe(HttpStatusCode.OK)[owner].GetString().ShouldBe("other");
        (await rep.GetAsync(path)).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await rep.PatchAsync(path, new Dictionary<string, object> { [owner] = "me" })).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await rep.GetAsync($"/api/{collection}"))["total"].GetInt32().ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task What_nobody_owns_is_seen_and_can_be_taken(Database database)
    {
        var (admin, rep) = await NarrowAsync(database);
        var lead = await admin.MakeAsync("leads", new { lastName = "Lovelace" });

        (await rep.GetAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.OK)["ownerId"].GetString().ShouldBeNull();
        (await rep.PatchAsync($"/api/leads/{lead}", new { ownerId = "me" })).ShouldBe(HttpStatusCode.OK);

        (await admin.As(Role.Rep, "other").GetAsync($"/api/leads/{lead}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task A_reference_to_what_is_out_of_sight_stays_where_it_is_and_is_not_made_anew(Database database)
    {
        var (admin, rep) = await NarrowAsync(database);
        var lead = await admin.MakeAsync("leads", new { lastName = "Lovelace", ownerId = "other" });
        var deal = await admin.MakeAsync("deals", new { name = "Engine", ownerId = "rep", leadId = lead, stage = "CLOSED_WON" });

        (await rep.PatchAsync($"/api/deals/{deal}", new { leadId = lead, name = "Difference engine" })).ShouldBe(HttpStatusCode.OK)["leadId"].GetGuid().ShouldBe(lead);
        (await rep.PutAsync($"/api/deals/{deal}", new { leadId = lead, name = "Engine" })).ShouldBe(HttpStatusCode.OK);
        (await rep.PutAsync($"/api/deals/{deal}/stage", new { stage = "PROPOSAL" })).ShouldBe(HttpStatusCode.OK); // its lead is there, though out of sight
        (await rep.PatchAsync($"/api/deals/{deal}", new { leadId = (Guid?)null })).ShouldBe(HttpStatusCode.OK);
        (await rep.PatchAsync($"/api/deals/{deal}", new { leadId = lead })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/leadId"]);
    }

    [Theory, EachDatabase]
    public async Task A_replay_answers_what_was_answered_though_it_is_out_of_sight_by_now(Database database)
    {
        var (_, rep) = await NarrowAsync(database);
        var made = await rep.PostAsync("/api/leads", new { lastName = "Lovelace", ownerId = "other" }, ("Idempotency-Key", "one"));

        var again = await rep.PostAsync("/api/leads", new { lastName = "Lovelace", ownerId = "other" }, ("Idempotency-Key", "one"));

        again.ShouldBe(HttpStatusCode.Created).Text.ShouldBe(made.Text);
        (await rep.GetAsync($"/api/leads/{made.Id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task A_cursor_of_wider_sight_goes_on_in_the_narrower_one(Database database)
    {
        var (admin, rep) = await NarrowAsync(database);
        for (var i = 0; i < 6; i++) await admin.MakeAsync("leads", new { lastName = $"Lead {i}", ownerId = i % 2 == 0 ? "rep" : "other" });
        var cursor = (await admin.GetAsync("/api/leads?sort=createdAt&take=2"))["nextCursor"].GetString();

        var page = await rep.GetAsync($"/api/leads?sort=createdAt&take=9&cursor={cursor}");

        page.ShouldBe(HttpStatusCode.OK).Items.Select(item => item.GetProperty("lastName").GetString()).ShouldBe(["Lead 2", "Lead 4"]);
    }

    [Theory, EachDatabase]
    public async Task Whose_role_becomes_rep_sees_less_at_once(Database database)
    {
        var (admin, _) = await NarrowAsync(database);
        var lead = await admin.MakeAsync("leads", new { lastName = "Lovelace", ownerId = "other" });
        var token = Members.Tokens.Of(admin.TenantId, "grace");
        await Members.Tokens.AsAsync(admin, token, HttpMethod.Get, "/api/me");
        await admin.PatchAsync("/api/members/grace", new { role = "VIEWER" });

        (await Members.Tokens.AsAsync(admin, token, HttpMethod.Get, $"/api/leads/{lead}")).ShouldBe(HttpStatusCode.OK);
        await admin.PatchAsync("/api/members/grace", new { role = "REP" });

        (await Members.Tokens.AsAsync(admin, token, HttpMethod.Get, $"/api/leads/{lead}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    /// <summary>A tenant where reps see their own, with a rep and another.</summary>
    private static async Task<(Client Admin, Client Rep)> NarrowAsync(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var rep = admin.As(Role.Rep, "rep");
        foreach (var client in new[] { admin, rep, admin.As(Role.Rep, "other") }) await client.GetAsync("/api/me");
        (await admin.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        return (admin, rep);
    }
}
