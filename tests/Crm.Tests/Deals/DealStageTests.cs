using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Deals;

public sealed class DealStageTests
{
    [Theory, EachDatabase]
    public async Task An_open_deal_moves_to_any_open_stage_forth_and_back(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });

        foreach (var stage in new[] { "NEGOTIATION", "QUALIFIED", "PROPOSAL", "LEAD" })
        {
            var answer = await client.PutAsync($"/api/deals/{id}/stage", new { stage });
            answer.ShouldBe(HttpStatusCode.OK)["stage"].GetString().ShouldBe(stage);
            answer["closedAt"].GetRawText().ShouldBe("null");
        }

        var recorded = await client.RecordedAsync(id);
        recorded.Skip(1).ShouldAllBe(e => e.Type == "deal.stage_changed");
        recorded[1].ShouldTell("stage", "\"LEAD\"", "\"NEGOTIATION\"").Changed.ShouldBe(["stage", "stageEnteredAt"]);
        recorded[^1].ShouldTell("stage", "\"PROPOSAL\"", "\"LEAD\"");
    }

    [Theory, EachDatabase]
    public async Task The_same_stage_again_is_no_move(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });
        var won = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON" });

        var again = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON" });
        var exactly = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON", closedAt = won["closedAt"].GetString() });

        again.ShouldBe(HttpStatusCode.OK).Text.ShouldBe(won.Text);
        exactly.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe(won.ETag);
        (await client.EventsAsync(id)).ShouldBe(["deal.created", "deal.stage_changed", "deal.won"]);
        (await client.GetAsync($"/api/deals/{id}/history")).Items.Count.ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task Winning_sets_when_it_was_closed_and_is_told_beside_the_move(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine", value = 100 });

        var won = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON" });

        won.ShouldBe(HttpStatusCode.OK)["closedAt"].GetString().ShouldBe(won["updatedAt"].GetString());
        won["weightedValue"].GetRawText().ShouldBe("100");
        won["lostReason"].GetRawText().ShouldBe("null");
        var recorded = await client.RecordedAsync(id);
        recorded.Select(e => (e.Type, e.Version)).ShouldBe([("deal.created", 1), ("deal.stage_changed", 2), ("deal.won", 3)]);
        recorded[2].ShouldTell("stage", "\"LEAD\"", "\"CLOSED_WON\"").ShouldTell("closedAt", "null", won["closedAt"].GetRawText());
        recorded[2].Record.GetRawText().ShouldBe(won.Text);
    }

    [Theory, EachDatabase]
    public async Task Losing_takes_a_reason(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine", value = 100 });

        var refused = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_LOST", lostReason = " " });
        var lost = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_LOST", lostReason = "Price" });

        refused.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/lostReason"]);
        refused["errors"].GetProperty("/lostReason")[0].GetString().ShouldBe("is required to lose a deal, as CLOSED_LOST does");
        lost.ShouldBe(HttpStatusCode.OK)["lostReason"].GetString().ShouldBe("Price");
        lost["weightedValue"].GetDecimal().ShouldBe(0);
        var recorded = await client.RecordedAsync(id);
        recorded.Select(e => e.Type).ShouldBe(["deal.created", "deal.stage_changed", "deal.lost"]);
        recorded[2].ShouldTell("lostReason", "null", "\"Price\"");
    }

    [Theory, EachDatabase("QUALIFIED"), EachDatabase("CLOSED_WON")]
    public async Task Only_a_lost_deal_has_a_reason(Database database, string stage)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });

        (await client.PutAsync($"/api/deals/{id}/stage", new { stage, lostReason = "Price" })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/lostReason"]);
        (await client.EventsAsync(id)).ShouldBe(["deal.created"]);
    }

    [Theory, EachDatabase("CLOSED_WON", null), EachDatabase("CLOSED_LOST", "Price")]
    public async Task A_closed_deal_is_only_reopened(Database database, string closed, string? lostReason)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine", stage = closed, lostReason });
        object other = closed == "CLOSED_WON" ? new { stage = "CLOSED_LOST", lostReason = "Price" } : new { stage = "CLOSED_WON" };

        var refused = await client.PutAsync($"/api/deals/{id}/stage", other);
        var reopened = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "PROPOSAL" });

        refused.ShouldFail(HttpStatusCode.Conflict, "invalid-transition")["detail"].GetString().ShouldBe($"The deal is closed in {closed}. It can only be reopened, by moving it to an open stage.");
        reopened.ShouldBe(HttpStatusCode.OK)["stage"].GetString().ShouldBe("PROPOSAL");
        reopened["closedAt"].GetRawText().ShouldBe("null");
        reopened["lostReason"].GetRawText().ShouldBe("null");
        var recorded = await client.RecordedAsync(id);
        recorded.Select(e => e.Type).ShouldBe(["deal.created", closed == "CLOSED_WON" ? "deal.won" : "deal.lost", "deal.stage_changed", "deal.reopened"]);
        recorded[^1].ShouldTell("stage", $"\"{closed}\"", "\"PROPOSAL\"").Changes.GetProperty("closedAt").GetProperty("to").GetRawText().ShouldBe("null");
    }

    [Theory, EachDatabase]
    public async Task A_closing_in_the_past_is_kept_and_one_in_the_future_refused(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });

        var future = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON", closedAt = "2999-01-01T00:00:00Z" });
        foreach (var nowhere in new[]
                 {
                     await client.PutAsync($"/api/deals/{id}/stage", new { stage = "NOWHERE", closedAt = "2999-01-01T00:00:00Z" }),
                     await client.PatchAsync($"/api/deals/{id}", new { stage = "NOWHERE", closedAt = "2999-01-01T00:00:00Z" }),
                     await client.PostAsync("/api/deals", new { name = "Engine", stage = "NOWHERE", closedAt = "2999-01-01T00:00:00Z" }),
                 })
        {
            nowhere.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/closedAt"]);
        }

        var open = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "QUALIFIED", closedAt = "2026-01-31T10:00:00Z" });
        var past = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON", closedAt = "2026-01-31T11:00:00+01:00" });

        future.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/closedAt"]);
        future["detail"].GetString().ShouldBe("/closedAt must not be in the future. Nothing was changed.");
        open.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/closedAt"]);
        past.ShouldBe(HttpStatusCode.OK)["closedAt"].GetString().ShouldBe("2026-01-31T10:00:00Z");
        (await client.GetAsync($"/api/deals/{id}"))["closedAt"].GetString().ShouldBe("2026-01-31T10:00:00Z");
        (await client.EventsAsync(id)).ShouldBe(["deal.created", "deal.stage_changed", "deal.won"]);
    }

    [Theory, EachDatabase]
    public async Task Another_stage_in_a_put_or_patch_obeys_the_same_rules(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });

        (await client.PatchAsync($"/api/deals/{id}", new { stage = "CLOSED_LOST" })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/lostReason"]);
        (await client.PutAsync($"/api/deals/{id}", new { name = "Engine", stage = "CLOSED_WON", closedAt = "2999-01-01T00:00:00Z" })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/closedAt"]);
        (await client.PatchAsync($"/api/deals/{id}", new { stage = "CLOSED_LOST", lostReason = "Price", name = "Lost engine" })).ShouldBe(HttpStatusCode.OK);
        (await client.PatchAsync($"/api/deals/{id}", new { stage = "CLOSED_WON" })).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        (await client.PutAsync($"/api/deals/{id}", new { name = "Engine", stage = "CLOSED_WON" })).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        (await client.PutAsync($"/api/deals/{id}", new { name = "Engine", stage = "LEAD" })).ShouldBe(HttpStatusCode.OK)["closedAt"].GetRawText().ShouldBe("null");

        (await client.EventsAsync(id)).ShouldBe(["deal.created", "deal.updated", "deal.stage_changed", "deal.lost", "deal.updated", "deal.stage_changed", "deal.reopened"]);
    }

    [Theory, EachDatabase("""{ "closedAt": "2026-01-31T10:00:00Z" }""", "/closedAt"), EachDatabase("""{ "closedAt": null }""", "/closedAt"), EachDatabase("""{ "lostReason": "Other" }""", "/lostReason"), EachDatabase("""{ "lostReason": null }""", "/lostReason")]
    public async Task What_a_closing_set_changes_with_a_move_only(Database database, string patch, string pointer)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine", stage = "CLOSED_LOST", lostReason = "Price" });

        (await client.PatchAsync($"/api/deals/{id}", patch)).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([pointer]);
        (await client.EventsAsync(id)).ShouldBe(["deal.created", "deal.lost"]);
    }

    [Theory, EachDatabase]
    public async Task A_deal_may_be_created_closed(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var won = await client.PostAsync("/api/deals", new { name = "Engine", stage = "CLOSED_WON", closedAt = "2026-01-31T10:00:00Z" });
        var lost = await client.PostAsync("/api/deals", new { name = "Engine", stage = "CLOSED_LOST", lostReason = "Price" });

        won.ShouldBe(HttpStatusCode.Created)["closedAt"].GetString().ShouldBe("2026-01-31T10:00:00Z");
        lost.ShouldBe(HttpStatusCode.Created)["closedAt"].GetString().ShouldBe(lost["createdAt"].GetString());
        (await client.EventsAsync(won.Id)).ShouldBe(["deal.created", "deal.won"]);
        (await client.EventsAsync(lost.Id)).ShouldBe(["deal.created", "deal.lost"]);
    }

    [Theory, EachDatabase("CLOSED_LOST", null, null, "/lostReason"), EachDatabase("CLOSED_WON", "Price", null, "/lostReason"), EachDatabase("CLOSED_WON", null, "2999-01-01T00:00:00Z", "/closedAt"), EachDatabase("LEAD", null, "2026-01-01T00:00:00Z", "/closedAt"), EachDatabase("LEAD", "Price", null, "/lostReason")]
    public async Task A_deal_is_not_created_closed_against_the_rules(Database database, string stage, string? lostReason, string? closedAt, string pointer)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.PostAsync("/api/deals", new { name = "Engine", stage, lostReason, closedAt })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([pointer]);
        (await client.GetAsync("/api/deals"))["total"].GetInt32().ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task A_move_to_what_is_no_stage_of_the_pipeline_is_422(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });

        var answer = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "DEMO" });

        answer.ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/stage"]);
        answer["detail"].GetString()!.ShouldContain("LEAD, QUALIFIED, PROPOSAL, NEGOTIATION, CLOSED_WON, CLOSED_LOST");
        (await client.PutAsync($"/api/deals/{id}/stage", new { })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/stage"]);
        (await client.PutAsync($"/api/deals/{Guid.CreateVersion7()}/stage", new { stage = "LEAD" })).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task A_move_of_a_stale_version_is_412(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });
        await client.PutAsync($"/api/deals/{id}/stage", new { stage = "QUALIFIED" });

        (await client.PutAsync($"/api/deals/{id}/stage", new { stage = "PROPOSAL" }, ("If-Match", "\"1\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await client.PutAsync($"/api/deals/{id}/stage", new { stage = "PROPOSAL" }, ("If-Match", "\"2\""))).ShouldBe(HttpStatusCode.OK);
    }
}
