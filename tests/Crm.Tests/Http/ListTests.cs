using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Http;

public sealed class ListTests
{
    [Theory, EachCollection]
    public async Task An_empty_list_is_a_page_without_items(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var list = await client.GetAsync($"/api/{collection}");

        list.ShouldBe(HttpStatusCode.OK).Text.ShouldBe("""{"items":[],"total":0,"totalIsExact":true,"skip":0,"take":20,"nextCursor":null}""");
    }

    [Theory, EachCollection]
    public async Task Pages_by_offset_and_by_cursor_show_each_record_once_in_one_order(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        for (var i = 0; i < 5; i++) await client.MakeOneAsync(collection, $"Record {i}");
        var all = Ids(await client.GetAsync($"/api/{collection}"));

        var byOffset = new List<Guid>();
        for (var skip = 0; skip < 6; skip += 2) byOffset.AddRange(Ids(await client.GetAsync($"/api/{collection}?skip={skip}&take=2")));
        var byCursor = new List<Guid>();
        var page = await client.GetAsync($"/api/{collection}?take=2");
        byCursor.AddRange(Ids(page));
        while (page["nextCursor"].GetString() is { } cursor)
        {
            page = await client.GetAsync($"/api/{collection}?take=2&cursor={cursor}");
            byCursor.AddRange(Ids(page));
        }

        all.Count.ShouldBe(5);
        byOffset.ShouldBe(all);
        byCursor.ShouldBe(all);
        page["total"].GetInt32().ShouldBe(5);
    }

    [Theory, EachDatabase("take=0", "take"), EachDatabase("take=201", "take"), EachDatabase("take=x", "take"), EachDatabase("take=", "take"), EachDatabase("take=1&take=2", "take")]
    [EachDatabase("skip=-1", "skip"), EachDatabase("skip=10001", "skip"), EachDatabase("skip=1.5", "skip"), EachDatabase("total=all", "total"), EachDatabase("cursor=nonsense", "cursor")]
    [EachDatabase("offset=3", "offset"), EachDatabase("Take=3", "Take"), EachDatabase("createdSince=2026-01-01T00:00:00Z", "createdSince"), EachDatabase("sort=age", "sort")]
    [EachDatabase("sort=createdAt,-createdAt", "sort"), EachDatabase("sort=--createdAt", "sort"), EachDatabase("sort=createdAt,", "sort"), EachDatabase("sort=", "sort"), EachDatabase("sort=createdAt%20desc", "sort")]
    public async Task A_parameter_that_can_not_be_meant_is_400_by_its_name(Database database, string query, string name)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var collection in Records.Collections)
        {
            var answer = await client.GetAsync($"/api/{collection}?{query}");

            answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([name]);
        }
    }

    [Theory, EachDatabase]
    public async Task A_cursor_is_of_one_list(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        for (var i = 0; i < 2; i++) await client.MakeAsync("tasks", new { title = $"Task {i}" });
        var cursor = (await client.GetAsync("/api/tasks?sort=createdAt&take=1"))["nextCursor"].GetString();

        var answer = await client.GetAsync($"/api/leads?cursor={cursor}");

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["cursor"]);
    }

    [Theory, EachDatabase("sort=", "must not be empty"), EachDatabase("cursor=", "must not be empty"), EachDatabase("ownerId=", "must not be empty"), EachDatabase("search=%00", "NUL"), EachDatabase("createdFrom=2026-01-31T09:30:00+01:00", "%2B")]
    public async Task A_parameter_that_looks_right_is_told_what_it_lacks(Database database, string query, string says)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.GetAsync($"/api/leads?{query}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Text.ShouldContain(says);
    }

    [Theory, EachDatabase]
    public async Task An_unknown_parameter_is_told_what_there_is(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.GetAsync("/api/tasks?asignee=me&page=2");

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["asignee", "page"], ignoreOrder: true);
        answer["errors"].GetProperty("asignee")[0].GetString()!.ShouldContain("assigneeId, completed, condition, cursor");
    }

    [Theory, EachDatabase]
    public async Task Every_fault_of_a_query_is_told_at_once(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.GetAsync("/api/leads?take=0&status=OPEN&createdFrom=yesterday&colour=red");

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["take", "status", "createdFrom", "colour"], ignoreOrder: true);
        answer["detail"].GetString().ShouldBe("4 values are at fault; see errors. Nothing was changed.");
    }

    [Theory, EachDatabase("leads", "valueFrom=0.0001&valueTo=0", "valueTo")]
    [EachDatabase("leads", "valueFrom=4&valueTo=3", "valueTo"), EachDatabase("leads", "scoreFrom=4&scoreTo=3", "scoreTo")]
    [EachDatabase("leads", "createdFrom=2026-01-02T00:00:00Z&createdTo=2026-01-01T00:00:00Z", "createdTo"), EachDatabase("leads", "updatedFrom=2026-01-02T00:00:00Z&updatedTo=2026-01-01T00:00:00Z", "updatedTo")]
    [EachDatabase("deals", "valueFrom=4&valueTo=3", "valueTo"), EachDatabase("deals", "expectedCloseFrom=2026-01-02&expectedCloseTo=2026-01-01", "expectedCloseTo")]
    [EachDatabase("deals", "closedFrom=2026-01-02T00:00:00Z&closedTo=2026-01-01T00:00:00Z", "closedTo"), EachDatabase("deals", "createdFrom=2026-01-02T00:00:00Z&createdTo=2026-01-01T00:00:00Z", "createdTo")]
    [EachDatabase("tasks", "dueFrom=2026-01-02T00:00:00Z&dueTo=2026-01-01T00:00:00Z", "dueTo"), EachDatabase("activities", "occurredFrom=2026-01-02T00:00:00Z&occurredTo=2026-01-01T00:00:00Z", "occurredTo")]
    public async Task A_range_that_ends_before_it_begins_is_400(Database database, string collection, string query, string name)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.GetAsync($"/api/{collection}?{query}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([name]);
    }

    [Theory, EachDatabase("leads", "valueFrom=-1", "valueFrom"), EachDatabase("leads", "valueTo=0.00001", "valueTo"), EachDatabase("leads", "scoreTo=101", "scoreTo")]
    [EachDatabase("leads", "converted=yes", "converted"), EachDatabase("leads", "status=new", "status"), EachDatabase("leads", "status=0", "status"), EachDatabase("leads", "status=", "status"), EachDatabase("leads", "source=NEW", "source")]
    [EachDatabase("leads", "createdFrom=2026-01-01", "createdFrom"), EachDatabase("leads", "createdFrom=2026-01-01T00:00:00", "createdFrom"), EachDatabase("deals", "expectedCloseFrom=2026-02-30", "expectedCloseFrom")]
    [EachDatabase("deals", "pipelineId=1", "pipelineId"), EachDatabase("deals", "open=1", "open"), EachDatabase("deals", "rotting=TRUE", "rotting"), EachDatabase("tasks", "priority=HIGHEST", "priority"), EachDatabase("activities", "type=FOLLOW_UP", "type")]
    public async Task A_value_that_a_filter_can_not_have_is_400(Database database, string collection, string query, string name)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.GetAsync($"/api/{collection}?{query}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([name]);
    }

    [Theory, EachDatabase]
    public async Task A_filter_takes_several_values_repeated_or_with_commas(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var priority in new[] { "LOW", "MEDIUM", "HIGH", "URGENT" }) await client.MakeAsync("tasks", new { title = priority, priority });

        foreach (var query in new[] { "priority=LOW&priority=URGENT", "priority=LOW,URGENT", "priority=URGENT,LOW,LOW", "priority=LOW&priority=URGENT,LOW" })
        {
            var list = await client.GetAsync($"/api/tasks?sort=priority&{query}");
            list.ShouldBe(HttpStatusCode.OK).Items.Select(task => task.GetProperty("title").GetString()).ShouldBe(["LOW", "URGENT"], query);
        }
    }

    [Theory, EachDatabase]
    public async Task The_total_is_counted_unless_it_is_not_asked_for(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        for (var i = 0; i < 3; i++) await client.MakeAsync("tasks", new { title = $"Task {i}" });

        var capped = await client.GetAsync("/api/tasks?take=1");
        var exact = await client.GetAsync("/api/tasks?take=1&total=exact");
        var none = await client.GetAsync("/api/tasks?take=1&total=none");

        (capped["total"].GetInt32(), capped["totalIsExact"].GetBoolean()).ShouldBe((3, true));
        (exact["total"].GetInt32(), exact["totalIsExact"].GetBoolean()).ShouldBe((3, true));
        none.Json.TryGetProperty("total", out var total).ShouldBeFalse($"total={total}");
        none.Json.TryGetProperty("totalIsExact", out _).ShouldBeFalse();
        none["nextCursor"].GetString().ShouldNotBeNull();
    }

    [Theory, EachDatabase]
    public async Task A_cursor_goes_on_in_its_own_order_only(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var title in new[] { "C", "A", "B" }) await client.MakeAsync("tasks", new { title });
        var cursor = (await client.GetAsync("/api/tasks?take=1&sort=title"))["nextCursor"].GetString();

        var next = await client.GetAsync($"/api/tasks?cursor={cursor}");
        var same = await client.GetAsync($"/api/tasks?cursor={cursor}&sort=title");
        var other = await client.GetAsync($"/api/tasks?cursor={cursor}&sort=-title");
        var skipped = await client.GetAsync($"/api/tasks?cursor={cursor}&skip=1");

        next.Items.Select(task => task.GetProperty("title").GetString()).ShouldBe(["B", "C"]);
        same.Items.Count.ShouldBe(2);
        other.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["sort"]);
        skipped.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["skip"]);
    }

    [Theory, EachDatabase]
    public async Task Several_sort_keys_decide_one_after_the_other(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var (title, priority) in new[] { ("B", "LOW"), ("A", "LOW"), ("C", "HIGH"), ("D", "HIGH") }) await client.MakeAsync("tasks", new { title, priority });

        var list = await client.GetAsync("/api/tasks?sort=-priority,title");

        list.Items.Select(task => task.GetProperty("title").GetString()).ShouldBe(["C", "D", "A", "B"]);
    }

    [Theory, EachDatabase]
    public async Task A_record_made_while_a_list_is_walked_by_cursor_repeats_nothing(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var title in new[] { "A", "B", "C" }) await client.MakeAsync("tasks", new { title });
        var first = await client.GetAsync("/api/tasks?take=2&sort=-createdAt");

        await client.MakeAsync("tasks", new { title = "D" });
        var second = await client.GetAsync($"/api/tasks?take=2&cursor={first["nextCursor"].GetString()}");

        first.Items.Concat(second.Items).Select(task => task.GetProperty("title").GetString()).ShouldBe(["C", "B", "A"]);
    }

    private static List<Guid> Ids(Answer page) => page.ShouldBe(HttpStatusCode.OK).Items.Select(item => item.GetProperty("id").GetGuid()).ToList();
}
