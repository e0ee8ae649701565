using System.Net;
using System.Text.Json;
using Crm.Tests.Kit;
using Crm.Tests.Notifications;
using Shouldly;
using Xunit;

namespace Crm.Tests.Routing;

/// <summary>What becomes of leads with the time: those that nobody contacts, and those that wait.</summary>
public sealed class RespondingTests
{
    private static readonly object Always = Enum.GetNames<Contracts.Weekday>().Select(day => new { weekday = day.ToUpperInvariant(), from = "00:00", to = "24:00" }).ToList();

    [Theory, EachDatabase]
    public async Task A_lead_that_isnt_contacted_in_time_is_given_to_another_until_everybody_has_had_it(Database database)
    {
        var (clock, ada) = await StartAsync(database, within: 30);
        await using var host = ada.Host;
        var mia = await ada.MemberAsync("mia");
        (await ada.PatchAsync("/api/members/mia", new { role = "MANAGER" })).ShouldBe(HttpStatusCode.OK);
        var lead = await ada.MakeRoutedAsync();

        clock.Advance(TimeSpan.FromMinutes(29));
        await ada.Host.ReviewAsync();
        (await ada.LinesAsync(lead)).ShouldBe(["CREATED ASSIGNED bea"]);
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(30));
            await ada.Host.ReviewAsync();
        }

        await ada.Host.TellAsync();
        (await ada.LinesAsync(lead)).ShouldBe(["CREATED ASSIGNED bea", "UNANSWERED ASSIGNED cid", "UNANSWERED UNASSIGNED cid"]);
        (await ada.PassedOverAsync(lead)).ShouldBe(["bea HAD_BEFORE", "cid HAD_BEFORE"]);
        (await ada.OwnerAsync(lead)).ShouldBe("cid");
        (await mia.KindsAsync()).ShouldBe(["LEAD_UNROUTED"]);
        (await ada.DecisionsAsync(lead)).ShouldAllBe(one => one.GetProperty("dueAt").ValueKind == JsonValueKind.Null);
    }

    [Theory]
    [EachDatabase("call")]
    [EachDatabase("status")]
    [EachDatabase("owner")]
    [EachDatabase("deleted")]
    [EachDatabase("converted")]
    public async Task What_was_contacted_or_is_in_other_hands_stays(Database database, string what)
    {
        var (clock, ada) = await StartAsync(database, within: 30);
        await using var host = ada.Host;
        var lead = await ada.MakeRoutedAsync();
        clock.Advance(TimeSpan.FromMinutes(5));
        switch (what)
        {
            case "call":
                await ada.MakeAsync("activities", new { type = "CALL", subject = "Inbound", direction = "INBOUND", leadId = await ada.MakeAsync("leads", new { lastName = "Other", ownerId = "me" }) });
                await ada.MakeAsync("activities", new { type = "CALL", subject = "Called", direction = "OUTBOUND", leadId = lead });
                break;
            case "status": (await ada.PatchAsync($"/api/leads/{lead}", new { status = "CONTACTED" })).ShouldBe(HttpStatusCode.OK); break;
            case "owner": (await ada.PatchAsync($"/api/leads/{lead}", new { ownerId = "me" })).ShouldBe(HttpStatusCode.OK); break;
            case "deleted": (await ada.DeleteAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.NoContent); break;
            default: (await ada.PostAsync($"/api/leads/{lead}/convert")).ShouldBe(HttpStatusCode.OK); break;
        }

        clock.Advance(TimeSpan.FromMinutes(60));
        await ada.Host.ReviewAsync();

        if (what == "deleted") (await ada.PostAsync($"/api/leads/{lead}/restore")).ShouldBe(HttpStatusCode.OK);
        (await ada.LinesAsync(lead)).ShouldBe(["CREATED ASSIGNED bea"]);
        (await ada.DecisionsAsync(lead))[0].GetProperty("dueAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory, EachDatabase]
    public async Task The_time_to_contact_a_lead_is_the_tenants_working_time(Database database)
    {
        var (clock, ada) = await StartAsync(database, within: 60);
        await using var host = ada.Host;
        (await ada.PatchAsync("/api/settings", new { workingHours = Enumerable.Range(0, 5).Select(day => new { weekday = ((Contracts.Weekday)day).ToString().ToUpperInvariant(), from = "09:00", to = "17:00" }) })).ShouldBe(HttpStatusCode.OK);
        var friday = clock.GetUtcNow().UtcDateTime.Date.AddDays(1);
        while (friday.DayOfWeek != DayOfWeek.Friday) friday = friday.AddDays(1);
        clock.Advance(new DateTimeOffset(friday.AddHours(16).AddMinutes(40), TimeSpan.Zero) - clock.GetUtcNow());

        var lead = await ada.MakeRoutedAsync();

        (await ada.DecisionsAsync(lead))[0].GetProperty("respondBy").GetDateTimeOffset().ShouldBe(new DateTimeOffset(friday.AddDays(3).AddHours(9).AddMinutes(40), TimeSpan.Zero));
    }

    [Theory, EachDatabase]
    public async Task A_lead_that_waits_for_a_quota_is_given_when_the_day_is_over(Database database)
    {
        var (clock, ada) = await StartAsync(database, within: null);
        await using var host = ada.Host;
        foreach (var user in (string[])["bea", "cid"]) await ada.SetAsync(user, new { leadsPerDay = 1 });
        for (var i = 0; i < 2; i++) await ada.MakeRoutedAsync();
        var lead = await ada.MakeRoutedAsync();
        (await ada.LinesAsync(lead)).ShouldBe(["CREATED UNASSIGNED"]);
        (await ada.PassedOverAsync(lead)).ShouldBe(["bea QUOTA_REACHED", "cid QUOTA_REACHED"]);

        clock.Advance(TimeSpan.FromDays(1));
        await ada.Host.ReviewAsync();

        (await ada.LinesAsync(lead)).ShouldBe(["CREATED UNASSIGNED", "WAITED ASSIGNED cid"]); // whose turn it was when bea alone had taken one
        (await ada.GetAsync("/api/automation/availability/cid"))["leadsToday"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task Where_nobody_else_can_take_it_at_the_moment_it_is_given_to_another_when_one_can(Database database)
    {
        var (clock, ada) = await StartAsync(database, within: 30);
        await using var host = ada.Host;
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await ada.SetAsync("cid", new { absences = new[] { new { from = today, to = today } } });
        var lead = await ada.MakeRoutedAsync();

        for (var hour = 0; hour < 2; hour++)
        {
            clock.Advance(TimeSpan.FromMinutes(65));
            await ada.Host.ReviewAsync();
        }

        await ada.SetAsync("cid", new { absences = new[] { new { from = today, to = today.AddDays(1) } } });
        (await ada.OwnerAsync(lead)).ShouldBe("bea");
        (await ada.LinesAsync(lead)).ShouldBe(["CREATED ASSIGNED bea", "UNANSWERED UNASSIGNED bea"]);
        await ada.SetAsync("cid", new { absences = Array.Empty<object>() });
        clock.Advance(TimeSpan.FromMinutes(65));
        await ada.Host.ReviewAsync();
        (await ada.LinesAsync(lead)).ShouldBe(["CREATED ASSIGNED bea", "UNANSWERED UNASSIGNED bea", "UNANSWERED ASSIGNED cid"]);
    }

    [Theory, EachDatabase]
    public async Task Routing_by_hand_that_finds_nobody_leaves_the_time_to_contact_it_as_it_was(Database database)
    {
        var (clock, ada) = await StartAsync(database, within: 30);
        await using var host = ada.Host;
        var lead = await ada.MakeRoutedAsync();
        await ada.SetAsync("cid", new { acceptsLeads = false });
        var until = (await ada.DecisionsAsync(lead))[0].GetProperty("respondBy").GetDateTimeOffset();

        var kept = (await ada.PostAsync($"/api/leads/{lead}/route")).ShouldBe(HttpStatusCode.OK);

        (kept["outcome"].GetString(), kept["ownerId"].GetString(), kept["respondBy"].GetDateTimeOffset(), kept["dueAt"].GetDateTimeOffset()).ShouldBe(("UNASSIGNED", "bea", until, until));
        await ada.SetAsync("cid", new { acceptsLeads = true });
        clock.Advance(TimeSpan.FromMinutes(31));
        await ada.Host.ReviewAsync();
        (await ada.LinesAsync(lead)).ShouldBe(["CREATED ASSIGNED bea", "REQUESTED UNASSIGNED bea", "UNANSWERED ASSIGNED cid"]);
    }

    [Theory, EachDatabase]
    public async Task What_stopped_waiting_while_it_was_unqualified_is_routed_when_it_is_open_again(Database database)
    {
        var (clock, ada) = await StartAsync(database, within: null);
        await using var host = ada.Host;
        foreach (var user in (string[])["bea", "cid"]) await ada.SetAsync(user, new { acceptsLeads = false });
        var lead = await ada.MakeRoutedAsync();
        (await ada.PatchAsync($"/api/leads/{lead}", new { status = "UNQUALIFIED" })).ShouldBe(HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromHours(2));
        await ada.Host.ReviewAsync();
        (await ada.DecisionsAsync(lead))[0].GetProperty("dueAt").ValueKind.ShouldBe(JsonValueKind.Null);
        await ada.SetAsync("bea", new { acceptsLeads = true });

        (await ada.PatchAsync($"/api/leads/{lead}", new { status = "NEW" })).ShouldBe(HttpStatusCode.OK);
        await ada.Host.TellAsync();

        (await ada.LinesAsync(lead)).ShouldBe(["CREATED UNASSIGNED", "WAITED ASSIGNED bea"]);
    }

    [Theory, EachDatabase]
    public async Task While_a_lead_is_being_converted_or_routing_isnt_active_what_is_due_is_put_off(Database database)
    {
        var (clock, ada) = await StartAsync(database, within: 30);
        await using var host = ada.Host;
        var lead = await ada.MakeRoutedAsync();
        (await ada.PatchAsync("/api/automation/routing", new { isActive = false })).ShouldBe(HttpStatusCode.OK);

        clock.Advance(TimeSpan.FromMinutes(31));
        await ada.Host.ReviewAsync();
        (await ada.LinesAsync(lead)).ShouldBe(["CREATED ASSIGNED bea"]);
        (await ada.PatchAsync("/api/automation/routing", new { isActive = true })).ShouldBe(HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromMinutes(31));
        await ada.Host.ReviewAsync();

        (await ada.LinesAsync(lead)).ShouldBe(["CREATED ASSIGNED bea", "UNANSWERED ASSIGNED cid"]);
    }

    /// <summary>A service whose clock the test sets, and a tenant that works always.</summary>
    private static async Task<(SettableClock Clock, Client Ada)> StartAsync(Database database, int? within)
    {
        var clock = new SettableClock();
        var ada = (await clock.StartHostAsync(database)).NewTenant();
        (await ada.PatchAsync("/api/settings", new { workingHours = Always })).ShouldBe(HttpStatusCode.OK);
        await ada.RouteByAsync(["bea", "cid"], new[] { new { name = "All", candidates = new[] { new { userId = "bea" }, new { userId = "cid" } }, respondWithinMinutes = within } });
        return (clock, ada);
    }
}
