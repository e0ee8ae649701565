using System.Net;
using System.Text.Json;
using Crm.Contracts.Conditions;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Conditions;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conditions;

public sealed class ListConditionTests
{
    [Theory, EachDatabase]
    public async Task A_condition_narrows_a_list_together_with_its_filters_search_order_and_pages(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        for (var i = 0; i < 12; i++) await client.MakeAsync("leads", new { lastName = $"Lovelace {i:00}", companyName = i < 10 ? "Analytical" : null, status = i % 3 == 0 ? "NEW" : i % 3 == 1 ? "CONTACTED" : "QUALIFIED", estimatedValue = i * 500, source = i % 2 == 0 ? "EVENT" : "OTHER" });
        await client.MakeAsync("leads", new { lastName = "Babbage", estimatedValue = 5000 });
        const string condition = """{"all":[{"field":"status","in":["NEW","CONTACTED"]},{"field":"estimatedValue","greaterThan":1000}]}""";

        (await NamesAsync(client, "leads", $"sort=lastName&condition={Uri.EscapeDataString(condition)}")).ShouldBe(["Babbage", .. Numbered(3, 4, 6, 7, 9, 10)]);
        (await NamesAsync(client, "leads", $"sort=-estimatedValue&source=EVENT&condition={Uri.EscapeDataString(condition)}")).ShouldBe(Numbered(10, 6, 4));
        (await NamesAsync(client, "leads", $"search=lovelace%20analytical&sort=relevance&condition={Uri.EscapeDataString(condition)}")).ShouldBe(Numbered(9, 7, 6, 4, 3));
        foreach (var total in new[] { "", "&total=exact" }) (await client.GetAsync($"/api/leads?take=2&condition={Uri.EscapeDataString(condition)}{total}"))["total"].GetInt32().ShouldBe(7);

        static string[] Numbered(params int[] numbers) => [.. numbers.Select(i => $"Lovelace {i:00}")];
    }

    [Theory, EachDatabase]
    public async Task What_is_empty_is_none_of_what_is_asked_and_not_turns_that_round(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("deals", new { name = "bare", ownerId = (string?)null });
        await client.MakeAsync("deals", new { name = "full", value = 200, probability = 50, expectedCloseDate = "2027-01-31", tags = new[] { "VIP" }, description = "Zürich" });

        foreach (var (test, found) in new[]
        {
            ("""{"field":"value","is":200.0}""", "full"), ("""{"field":"value","isNot":200}""", "bare"), ("""{"field":"value","greaterThan":199.99999}""", "full"), ("""{"field":"value","lessThan":200.00001}""", "full"), ("""{"field":"value","in":[200.00001,0]}""", ""),
            ("""{"field":"weightedValue","is":100}""", "full"), ("""{"field":"weightedValue","greaterThan":100}""", ""), ("""{"field":"weightedValue","isEmpty":true}""", "bare"), ("""{"field":"probability","lessThan":50.5}""", "full"),
            ("""{"field":"expectedCloseDate","greaterThan":"2027-01-30"}""", "full"), ("""{"field":"ownerId","is":"ada"}""", "full"), ("""{"field":"ownerId","isEmpty":true}""", "bare"),
            ("""{"field":"description","contains":"ZÜR"}""", "full"), ("""{"field":"tags","contains":"vip"}""", "full"), ("""{"field":"tags","isEmpty":true}""", "bare"), ("""{"field":"createdAt","isEmpty":true}""", ""),
        })
        {
            (await NamesAsync(client, "deals", $"condition={Uri.EscapeDataString(test)}")).ShouldBe(found.Length == 0 ? [] : [found], test);
            (await NamesAsync(client, "deals", $"sort=name&condition={Uri.EscapeDataString($$"""{"not":{{test}}}""")}")).ShouldBe(new[] { "bare", "full" }.Where(name => name != found), $"not {test}");
        }
    }

    [Theory, EachDatabase]
    public async Task What_time_makes_of_a_task_is_asked_as_of_now(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("tasks", new { title = "late", dueAt = "2026-01-01T09:00:00Z" });
        await client.MakeAsync("tasks", new { title = "in time", dueAt = "2096-01-01T09:00:00Z" });
        var done = await client.MakeAsync("tasks", new { title = "done", dueAt = "2026-01-01T09:00:00Z" });
        (await client.PutAsync($"/api/tasks/{done}/complete")).ShouldBe(HttpStatusCode.OK);

        (await NamesAsync(client, "tasks", $"condition={Uri.EscapeDataString("""{"field":"isOverdue","is":true}""")}")).ShouldBe(["late"]);
        (await NamesAsync(client, "tasks", $"sort=title&condition={Uri.EscapeDataString("""{"field":"isOverdue","isNot":true}""")}")).ShouldBe(["done", "in time"]);
    }

    [Theory]
    [EachDatabase("leads", "status=NEW", "condition"), EachDatabase("leads", "[]", "condition"), EachDatabase("leads", "{}", "condition"), EachDatabase("leads", """{"all":[]}""", "condition/all"), EachDatabase("leads", """{"field":"status","is":"NEW"}{}""", "condition")]
    [EachDatabase("leads", """{"all":[{"field":"status","in":["NEW","OLD"]},{"field":"estimatedValue","greaterThan":"1000"}]}""", "condition/all/0/in/1", "condition/all/1/greaterThan")]
    [EachDatabase("leads", """{"field":"stage","is":"LEAD"}""", "condition/field"), EachDatabase("deals", """{"not":{"field":"status","is":"NEW"}}""", "condition/not/field"), EachDatabase("deals", """{"field":"value","greaterThan":0.00000000000000000000000000001}""", "condition/greaterThan")]
    [EachDatabase("tasks", """{"field":"type","is":"NOTHING"}""", "condition/is"), EachDatabase("activities", """{"field":"type","is":"FOLLOW_UP"}""", "condition/is"), EachDatabase("tasks", """{"field":"priority","contains":"HI"}""", "condition/contains")]
    [EachDatabase("tasks", """{"any":[{"field":"dueAt","changed":true}]}""", "condition/any/0/changed"), EachDatabase("activities", """{"not":{"not":{"not":{"not":{"not":{"field":"type","is":"CALL"}}}}}}""", "condition/not/not/not/not/not")]
    public async Task What_is_no_condition_of_a_list_is_refused_at_its_place(Database database, string collection, string condition, params string[] places)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.GetAsync($"/api/{collection}?condition={Uri.EscapeDataString(condition)}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(places, ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task What_changed_is_asked_of_events_alone_and_a_condition_has_a_length(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.GetAsync($"/api/leads?condition={Uri.EscapeDataString("""{"field":"status","changed":true}""")}"))["errors"].GetProperty("condition/changed")[0].GetString().ShouldBe("can be asked of events only: here records are asked as they are, and not what changed");
        (await client.GetAsync($"/api/leads?condition={new string('x', RecordQuery.LongestCondition + 1)}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["condition"]);
        (await client.GetAsync("/api/leads?condition=%7B%7D&condition=%7B%7D")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["condition"]);
        (await client.GetAsync("/api/members?condition=%7B%7D")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["condition"]);
    }

    [Theory, EachCollection]
    public async Task Every_member_can_be_asked_everything_that_its_kind_takes(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeOneAsync(collection);
        foreach (var (field, member) in RecordMembers.Of(Records.Noun(collection)))
        {
            object operand = member.Kind switch { MemberKind.Number => 1, MemberKind.Flag => true, MemberKind.Instant => "2026-01-01T00:00:00Z", MemberKind.Date => "2026-01-01", MemberKind.Id => Guid.Empty, _ => member.Names?[0] ?? "x" };
            foreach (var (asked, with) in new[] { ("is", operand), ("isNot", operand), ("in", new[] { operand, operand }), ("greaterThan", operand), ("lessThan", operand), ("contains", operand), ("isEmpty", false) })
            {
                var condition = JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal) { ["field"] = field, [asked] = with });
                var answer = await client.GetAsync($"/api/{collection}?condition={Uri.EscapeDataString(condition)}");
                if (Takes(member, asked)) answer.ShouldBe(HttpStatusCode.OK);
                else answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(asked == "in" ? ["condition/in/0", "condition/in/1"] : [$"condition/{asked}"]);
            }
        }
    }

    [Theory, EachDatabase]
    public async Task More_texts_than_databases_remember_the_patterns_of_are_refused(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await AskAsync(ConditionAttribute.MostContains)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(ConditionAttribute.MostContains + 1)).Faults.ShouldBe([$"condition/any/{ConditionAttribute.MostContains}/contains"]);

        Task<Answer> AskAsync(int count) => client.GetAsync($"/api/leads?condition={Uri.EscapeDataString(JsonSerializer.Serialize(new { any = Enumerable.Range(0, count).Select(i => new { field = "lastName", contains = $"{i}" }) }))}");
    }

    [Theory, EachDatabase]
    public async Task SQL_and_patterns_as_operands_are_texts_like_any_other(Database database)
    {
        string[] texts = ["'", "\"", "\\", "--", "' OR '1'='1", "'; DROP TABLE leads;--", "%", "_", ".*", "^", "$", "[a-z]", "(", "***:x", "(?i)x", "(?=x)", "\\d", "{1}", "@p0", "$1", "{0}", "a|b", "[[:alpha:]]", "\\m"];
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var text in texts) await client.MakeAsync("leads", new { lastName = text });
        await client.MakeAsync("leads", new { lastName = "plain" });
        var before = await client.DataHashAsync();

        foreach (var text in texts)
        {
            var operand = JsonSerializer.Serialize(text);
            (await NamesAsync(client, "leads", $"condition={Uri.EscapeDataString($$"""{"field":"lastName","is":{{operand}}}""")}")).ShouldBe([text]);
            (await NamesAsync(client, "leads", $"condition={Uri.EscapeDataString($$"""{"field":"lastName","in":["nothing",{{operand}}]}""")}")).ShouldBe([text]);
            (await NamesAsync(client, "leads", $"condition={Uri.EscapeDataString($$"""{"field":"lastName","contains":{{operand}}}""")}")).ShouldBe(texts.Where(other => other.Contains(text, StringComparison.OrdinalIgnoreCase)), ignoreOrder: true, customMessage: text);
            (await NamesAsync(client, "leads", $"condition={Uri.EscapeDataString($$"""{"field":"tags","contains":{{operand}}}""")}")).ShouldBeEmpty();
        }

        (await client.DataHashAsync()).ShouldBe(before);
    }

    [Theory, EachDatabase]
    public async Task A_condition_finds_nothing_that_is_out_of_sight_or_of_another_tenant(Database database)
    {
        const string everything = """{"any":[{"field":"ownerId","isNot":"nobody"},{"not":{"field":"tags","contains":"nothing"}},{"field":"description","isEmpty":true}]}""";
        var admin = (await Hosts.For(database)).NewTenant();
        var rep = admin.As(Role.Rep, "rep");
        (await rep.GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK);
        (await admin.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        foreach (var (name, owner) in new[] { ("rep's", "rep"), ("nobody's", null), ("admin's", "ada") })
        {
            await admin.MakeAsync("leads", new { lastName = name, ownerId = owner, tags = new[] { "vip" } });
            await admin.MakeAsync("deals", new { name, ownerId = owner, tags = new[] { "vip" }, value = 100 });
        }

        foreach (var collection in new[] { "leads", "deals" })
        {
            (await NamesAsync(rep, collection, $"condition={Uri.EscapeDataString(everything)}")).ShouldBe(["rep's", "nobody's"], ignoreOrder: true);
            (await NamesAsync(rep, collection, $"condition={Uri.EscapeDataString("""{"field":"tags","contains":"vip"}""")}")).ShouldBe(["rep's", "nobody's"], ignoreOrder: true);
            (await NamesAsync(admin, collection, $"condition={Uri.EscapeDataString(everything)}")).Count.ShouldBe(3);
            (await NamesAsync(admin.Host.NewTenant(), collection, $"condition={Uri.EscapeDataString(everything)}")).ShouldBeEmpty();
        }
    }

    private static bool Takes(RecordMember member, string asked) => asked switch
    {
        "greaterThan" or "lessThan" => member.Kind is MemberKind.Number or MemberKind.Instant or MemberKind.Date,
        "contains" => member.Kind == MemberKind.Texts || member is { Kind: MemberKind.Text, Names: null },
        "isEmpty" => true,
        _ => member.Kind != MemberKind.Texts,
    };

    /// <summary>What the records are called that a list finds, walked page by page; each page says how many there are in all.</summary>
    private static async Task<List<string>> NamesAsync(Client client, string collection, string query)
    {
        var (names, totals, cursor) = (new List<string>(), new List<int>(), (string?)null);
        do
        {
            var page = (await client.GetAsync($"/api/{collection}?take=2&{query}{(cursor is null ? "" : $"&cursor={cursor}")}")).ShouldBe(HttpStatusCode.OK);
            names.AddRange(page.Items.Select(item => item.GetProperty(Records.Title(collection)).GetString()!));
            totals.Add(page["total"].GetInt32());
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);

        totals.ShouldAllBe(total => total == names.Count);
        return names;
    }
}
