using System.Net;
using Crm.Contracts.Activities;
using Crm.Contracts.Deals;
using Crm.Contracts.Leads;
using Crm.Contracts.Lists;
using Crm.Contracts.Settings;
using Crm.Contracts.Tasks;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Shouldly;

namespace Crm.Tests.Analytics;

/// <summary>Lets a team make, change, do and delete things by chance, and keeps a ledger of it. Reps see what they own and what nobody does.</summary>
internal sealed class WorkPlay(Team team, SettableClock clock, Random dice, string zone)
{
    private static readonly string?[] Users = ["ada", "bob", "carl", null];
    private static readonly string[] Sources = ["WEBSITE", "REFERRAL", "PARTNER"];
    private static readonly string[] Statuses = ["NEW", "CONTACTED", "QUALIFIED"];
    private static readonly string[] Types = ["CALL", "EMAIL", "MEETING", "NOTE"];
    private static readonly string?[] Directions = ["OUTBOUND", "OUTBOUND", "INBOUND", null];
    private static readonly string[] Collections = ["leads", "deals", "tasks", "activities"];

    public WorkLedger Ledger { get; } = new();

    public async Task BeginAsync()
    {
        foreach (var client in new[] { team.Bob, team.Carl }) (await client.GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK);
        (await team.Ada.PatchAsync("/api/settings", new { timeZone = zone, visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 3; i++) await DoAsync(MakeLeadAsync);
    }

    /// <summary>One thing, after some time.</summary>
    public Task DoAsync() => DoAsync(dice.Next(15) switch
    {
        0 => MakeLeadAsync,
        1 => () => ChangeAsync("leads", new { source = dice.Pick(Sources), status = dice.Pick(Statuses), ownerId = dice.Pick(Users) }),
        2 => () => SendAsync(HttpMethod.Post, $"/api/leads/{One("leads")}/convert", null),
        3 or 4 or 5 => () => SendAsync(HttpMethod.Post, "/api/activities", new { type = dice.Pick(Types), subject = "Hello", direction = dice.Pick(Directions), occurredAt = Ago(), leadId = Maybe("leads", 70), dealId = Maybe("deals", 30), taskId = Maybe("tasks", 30) }),
        6 => () => ChangeAsync("activities", new { type = dice.Pick(Types), direction = dice.Pick(Directions), occurredAt = Ago(), leadId = Maybe("leads", 70) }),
        7 or 8 => () => SendAsync(HttpMethod.Post, "/api/tasks", new { title = "Call", type = dice.Pick(Types), dueAt = Due(), assigneeId = dice.Pick(Users), leadId = Maybe("leads", 30), dealId = Maybe("deals", 30) }),
        9 => () => SendAsync(dice.Chance(75) ? HttpMethod.Put : HttpMethod.Delete, $"/api/tasks/{One("tasks")}/complete", null),
        10 => () => ChangeAsync("tasks", new { dueAt = Due(), assigneeId = dice.Pick(Users), type = dice.Pick(Types) }),
        11 => () => SendAsync(HttpMethod.Post, "/api/deals", new { name = "Engine", value = dice.Next(100), ownerId = dice.Pick(Users), leadId = Maybe("leads", 50), stage = dice.Chance(50) ? "CLOSED_WON" : "LEAD" }),
        12 => () => SendAsync(HttpMethod.Delete, Any(), null),
        13 => () => SendAsync(HttpMethod.Patch, "/api/settings", new { workingHours = Hours().ToList(), holidays = Holidays().ToList() }),
        _ => () => SendAsync(HttpMethod.Post, $"{Any()}/restore", null),
    });

    private async Task DoAsync(Func<Task> operation)
    {
        clock.Advance(TimeSpan.FromMicroseconds(dice.NextInt64(1_000_000, dice.Chance(50) ? 7_200_000_000 : 172_800_000_000)));
        await operation();
        var now = clock.GetUtcNow();
        Ledger.Leads.Note(now, await ListAsync<LeadView>("leads"));
        Ledger.Deals.Note(now, await ListAsync<DealView>("deals"));
        Ledger.Tasks.Note(now, await ListAsync<TaskView>("tasks"));
        Ledger.Activities.Note(now, await ListAsync<ActivityView>("activities"));
        Ledger.Settings.Add((now, (await team.Ada.FoundAsync("/api/settings")).As<SettingsView>()));
        Ledger.Instants.Add(now);
    }

    private async Task<IReadOnlyList<T>> ListAsync<T>(string collection) => (await team.Ada.FoundAsync($"/api/{collection}?take=200")).As<Page<T>>().Items;

    private Task MakeLeadAsync() => SendAsync(HttpMethod.Post, "/api/leads", new { lastName = "Lovelace", source = dice.Pick(Sources), status = dice.Pick(Statuses), ownerId = dice.Pick(Users) });

    private Task ChangeAsync(string collection, object body) => SendAsync(HttpMethod.Patch, $"/api/{collection}/{One(collection)}", body);

    /// <summary>What can't be done is refused; then nothing was.</summary>
    private async Task SendAsync(HttpMethod method, string path, object? body)
    {
        var client = dice.Next(4) switch { 0 => team.Bob, 1 => team.Carl, _ => team.Ada };
        var answer = await client.SendAsync(method, path, body);
        answer.Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.NoContent, HttpStatusCode.BadRequest, HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.Conflict, HttpStatusCode.UnprocessableEntity);
    }

    private string Any()
    {
        var collection = dice.Pick(Collections);
        return $"/api/{collection}/{One(collection)}";
    }

    private Guid One(string collection) => Maybe(collection, 100) ?? Guid.CreateVersion7();

    private Guid? Maybe(string collection, int percent)
    {
        var ids = collection switch { "leads" => Ledger.Leads.Ids, "deals" => Ledger.Deals.Ids, "tasks" => Ledger.Tasks.Ids, _ => Ledger.Activities.Ids };
        return ids.Count > 0 && dice.Chance(percent) ? dice.Pick(ids) : null;
    }

    /// <summary>Of some days all, of some two parts or one, and of some nothing; none begins or ends while clocks are put back.</summary>
    private IEnumerable<object> Hours()
    {
        foreach (var weekday in new[] { "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY" }.Where(_ => dice.Chance(70)))
        {
            var bounds = dice.Chance(20) ? [0, 24 * 60] : Enumerable.Range(0, dice.Chance(50) ? 4 : 2).Select(_ => dice.Next(5 * 60, (24 * 60) + 1)).Distinct().Order().ToList();
            foreach (var part in bounds.Chunk(2).Where(part => part.Length == 2)) yield return new { weekday, from = Time(part[0]), to = Time(part[1]) };
        }
    }

    private static string Time(int minutes) => $"{minutes / 60:00}:{minutes % 60:00}";

    private IEnumerable<string> Holidays() => Enumerable.Range(0, dice.Next(4)).Select(_ => $"{clock.GetUtcNow().AddDays(dice.Next(-10, 10)):yyyy-MM-dd}");

    private DateTimeOffset? Ago() => dice.Chance(50) ? null : clock.GetUtcNow().AddMinutes(-dice.Next(4000));

    private DateTimeOffset? Due() => dice.Chance(20) ? null : clock.GetUtcNow().AddHours(dice.Next(-48, 96));
}
