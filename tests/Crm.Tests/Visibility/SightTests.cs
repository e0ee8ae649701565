using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Database;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Visibility;

/// <summary>What a rep sees of random records, held against the rule as it is written here.</summary>
public sealed class SightTests
{
    private static readonly string?[] Owners = ["rep", "mate", "other", null];

    [Theory, EachDatabase]
    public async Task Every_kind_of_record_says_who_sees_it(Database database)
    {
        using var scope = (await Hosts.For(database)).Services.CreateScope();
        var model = scope.ServiceProvider.GetRequiredService<CrmDbContext>().Model;
        var kinds = typeof(CrmDbContext).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Crm.Database.Records.Record))).ToList();

        kinds.Select(kind => kind.Name).ShouldBe(["Activity", "CrmTask", "Deal", "Lead"], ignoreOrder: true, customMessage: "say in CrmDbContext.Sight.cs who sees the new kind, and by World and IsSeen below that it is so");
        kinds.ShouldAllBe(kind => model.FindEntityType(kind)!.GetDeclaredQueryFilters().Any(filter => filter.Key == "visible"));
    }

    [Theory, EachDatabase("ALL"), EachDatabase("TEAM"), EachDatabase("OWN")]
    public async Task Lists_totals_searches_and_timelines_show_what_the_rule_says_and_no_more(Database database, string visibility)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var world = await World.MakeAsync(admin, new Random(visibility.Length));
        (await admin.PatchAsync("/api/settings", new { visibility })).ShouldBe(HttpStatusCode.OK);
        await admin.MakeAsync("teams", new { name = "First", memberIds = new[] { "rep", "mate" } });
        await admin.MakeAsync("teams", new { name = "Second", memberIds = new[] { "mate", "other" } });
        HashSet<string>? seen = visibility switch { "ALL" => null, "TEAM" => ["rep", "mate"], _ => ["rep"] };

        await ShouldSeeAsync(admin.As(Role.Rep, "rep"), world, seen);
        foreach (var role in new[] { Role.Viewer, Role.Manager, Role.Admin }) await ShouldSeeAsync(admin.As(role, "rep"), world, null);
    }

    private static async Task ShouldSeeAsync(Client client, World world, HashSet<string>? seen)
    {
        foreach (var collection in Records.Collections)
        {
            var expected = world.Rows[collection].Where(row => world.IsSeen(row, "rep", seen)).ToList();
            foreach (var (query, matching) in QueriesOf(collection, expected))
            {
                var (ids, totals) = await WalkAsync(client, collection, query);
                ids.Order().ShouldBe(matching.Select(row => row.Id).Order(), $"{collection}?{query}");
                totals.ShouldAllBe(total => total == ids.Count, $"{collection}?{query}");
            }

            foreach (var row in world.Rows[collection])
            {
                var status = expected.Contains(row) ? HttpStatusCode.OK : HttpStatusCode.NotFound;
                (await client.GetAsync($"/api/{collection}/{row.Id}")).ShouldBe(status);
                if (collection is "leads" or "deals") (await client.GetAsync($"/api/{collection}/{row.Id}/history")).ShouldBe(status);
                if (collection is "leads" or "deals") await ShouldTellAsync(client, world, collection, row, expected.Contains(row), seen);
            }
        }
    }

    private static async Task ShouldTellAsync(Client client, World world, string collection, Row row, bool isSeen, HashSet<string>? seen)
    {
        var timeline = await client.GetAsync($"/api/{collection}/{row.Id}/timeline?take=200");
        timeline.ShouldBe(isSeen ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        if (!isSeen) return;
        foreach (var (kind, expected) in collection == "leads" ? OfLead() : OfDeal())
        {
            var told = timeline.Items.Where(item => item.GetProperty("kind").GetString() == kind).Select(item => item.GetProperty(kind.ToLowerInvariant()).GetProperty("id").GetGuid());
            told.Order().ShouldBe(expected.Select(one => one.Id).Order(), $"{kind} of {collection}/{row.Id}");
        }

        IEnumerable<(string Kind, List<Row> Expected)> OfLead() =>
            [("DEAL", Seen("deals", OfLeadItself)), ("TASK", Seen("tasks", OfLeadItself)), ("ACTIVITY", Seen("activities", OfLeadItself))];

        bool OfLeadItself(Row one) => one.LeadId == row.Id;

        IEnumerable<(string Kind, List<Row> Expected)> OfDeal()
        {
            var tasks = Seen("tasks", OfDealOrItsLead);
            return [("DEAL", []), ("TASK", tasks), ("ACTIVITY", Seen("activities", one => OfDealOrItsLead(one) || tasks.Any(task => task.Id == one.TaskId)))];
        }

        bool OfDealOrItsLead(Row one) => one.DealId == row.Id || (row.LeadId is { } lead && one.LeadId == lead);

        List<Row> Seen(string kind, Func<Row, bool> isOfIt) => [.. world.Rows[kind].Where(one => isOfIt(one) && world.IsSeen(one, "rep", seen))];
    }

    private static IEnumerable<(string Query, List<Row> Matching)> QueriesOf(string collection, List<Row> all)
    {
        yield return ("", all);
        yield return ("sort=-updatedAt&total=exact", all);
        yield return ("search=even", all.FindAll(row => row.IsEven));
        var owner = collection switch { "tasks" => "assigneeId", "activities" => "userId", _ => "ownerId" };
        yield return ($"{owner}=other,mate", all.FindAll(row => row.Owner is "other" or "mate"));
        yield return ($"{owner}=me", all.FindAll(row => row.Owner == "rep"));
    }

    private static async Task<(List<Guid> Ids, List<int> Totals)> WalkAsync(Client client, string collection, string query)
    {
        var (ids, totals, cursor) = (new List<Guid>(), new List<int>(), (string?)null);
        do
        {
            var page = (await client.GetAsync($"/api/{collection}?take=7&{query}{(cursor is null ? "" : $"&cursor={cursor}")}")).ShouldBe(HttpStatusCode.OK);
            ids.AddRange(page.Items.Select(item => item.GetProperty("id").GetGuid()));
            totals.Add(page["total"].GetInt32());
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);
        return (ids, totals);
    }

    private sealed record Row(Guid Id, string? Owner, string CreatedBy, Guid? LeadId, Guid? DealId, Guid? TaskId, bool IsEven);

    /// <summary>Records of all kinds that belong to anybody, made by anybody for anything.</summary>
    private sealed record World(Dictionary<string, List<Row>> Rows)
    {
        public static async Task<World> MakeAsync(Client admin, Random dice)
        {
            var clients = new[] { "rep", "mate", "other" }.Select(user => admin.As(Role.Rep, user)).ToList();
            foreach (var client in clients) await client.GetAsync("/api/me");
            var leads = await MakeAsync(clients, dice, "leads", 12, i => new() { ["lastName"] = Name(i), ["ownerId"] = Pick() });
            var deals = await MakeAsync(clients, dice, "deals", 12, i => new() { ["name"] = Name(i), ["ownerId"] = Pick(), ["leadId"] = Some(leads) });
            var tasks = await MakeAsync(clients, dice, "tasks", 30, i => new() { ["title"] = Name(i), ["assigneeId"] = Pick(), ["leadId"] = Some(leads), ["dealId"] = Some(deals) });
            var activities = await MakeAsync(clients, dice, "activities", 30, i => new() { ["type"] = "CALL", ["subject"] = Name(i), ["leadId"] = Some(leads), ["dealId"] = Some(deals), ["taskId"] = tasks[dice.Next(tasks.Count)].Id });
            return new World(new Dictionary<string, List<Row>>(StringComparer.Ordinal) { ["leads"] = leads, ["deals"] = deals, ["tasks"] = tasks, ["activities"] = activities });

            string? Pick() => Owners[dice.Next(Owners.Length)];

            Guid? Some(List<Row> rows) => dice.Next(2) == 0 ? null : rows[dice.Next(rows.Count)].Id;

            static string Name(int i) => i % 2 == 0 ? $"Even {i}" : $"Odd {i}";
        }

        /// <summary>The rule: <paramref name="seen"/> are the users in sight, null for all that there is.</summary>
        public bool IsSeen(Row row, string user, HashSet<string>? seen)
        {
            if (seen is null) return true;
            if (row.Owner is null || seen.Contains(row.Owner)) return true;
            var isLeadOrDeal = Rows["leads"].Contains(row) || Rows["deals"].Contains(row);
            if (isLeadOrDeal) return false;
            if (Rows["tasks"].Contains(row) && row.CreatedBy == user) return true;
            return Rows["leads"].Concat(Rows["deals"]).Any(parent => (parent.Id == row.LeadId || parent.Id == row.DealId) && IsSeen(parent, user, seen));
        }

        private static async Task<List<Row>> MakeAsync(List<Client> clients, Random dice, string collection, int count, Func<int, Dictionary<string, object?>> body)
        {
            var rows = new List<Row>();
            for (var i = 0; i < count; i++)
            {
                var answer = (await clients[dice.Next(clients.Count)].PostAsync($"/api/{collection}", body(i))).ShouldBe(HttpStatusCode.Created);
                var owner = answer[collection switch { "tasks" => "assigneeId", "activities" => "userId", _ => "ownerId" }].GetString();
                rows.Add(new Row(answer.Id, owner, answer["createdBy"].GetString()!, IdOf(answer.Json, "leadId"), IdOf(answer.Json, "dealId"), IdOf(answer.Json, "taskId"), i % 2 == 0));
            }

            return rows;
        }

        private static Guid? IdOf(JsonElement json, string member) => json.TryGetProperty(member, out var id) && id.ValueKind == JsonValueKind.String ? id.GetGuid() : null;
    }
}
