using System.Net;
using System.Text;
using System.Text.Json;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Lists;

public sealed class PagingTests
{
    private const string Invalid = "validation-failed";
    private static readonly string[] Lists = ["leads", "deals", "tasks", "activities", "members"];

    [Theory, EachDatabase]
    public async Task Take_and_skip_have_bounds(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await OneOfEach.MakeAsync(client);
        foreach (var list in Lists)
        {
            foreach (var (parameter, value) in new[] { ("take", "0"), ("take", "-1"), ("take", "201"), ("take", ""), ("take", "1.0"), ("take", "2147483648"), ("take", "x"), ("skip", "-1"), ("skip", "10001"), ("skip", "99999999999"), ("total", "EXACT"), ("total", "1"), ("sort", ""), ("sort", "nothing"), ("sort", "createdAt,createdAt"), ("sort", "createdAt,-createdAt"), ("sort", ","), ("sort", "-"), ("sort", "%2BcreatedAt"), ("sort", "CREATEDAT"), ("sort", "id"), ("nothing", "1"), ("Take", "1"), ("page", "1") })
            {
                Findings.Fault(await client.GetAsync($"/api/{list}?{parameter}={value}"), 400, Invalid, parameter).ShouldBeNull($"{list} {parameter}={value}");
            }

            Findings.Fault(await client.GetAsync($"/api/{list}?take=1&take=2"), 400, Invalid, "take").ShouldBeNull(list);
            Findings.Fault(await client.GetAsync($"/api/{list}?take=0&skip=-1&nothing=x"), 400, Invalid, "take", "skip", "nothing").ShouldBeNull(list);
            foreach (var query in new[] { "take=200", "take=1", "skip=10000", "skip=0&take=1", "total=none", "total=exact", "total=capped", "search=", "sort=-createdAt", "sort=createdAt" })
            {
                (await client.GetAsync($"/api/{list}?{query}")).ShouldBe(HttpStatusCode.OK);
            }
        }
    }

    [Theory, EachDatabase]
    public async Task A_cursor_that_the_list_did_not_give_is_refused(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        for (var i = 0; i < 3; i++) await client.MakeAsync("tasks", new { title = $"Task {i}" });
        var id = Guid.CreateVersion7();
        string[] texts =
        [
            "", "null", "{}", "[]", "1", "[1,2]", $"[\"leads\",\"dueAt\",\"2026-01-01T00:00:00Z\",\"{id}\"]", $"[\"tasks\",\"lastName\",\"x\",\"{id}\"]", $"[\"tasks\",\"--title\",\"x\",\"{id}\"]", $"[\"tasks\",\"title,title\",\"x\",\"x\",\"{id}\"]", "[\"tasks\",\"dueAt\"]", "[\"tasks\",\"dueAt\",null,null]", "[\"tasks\",\"dueAt\",5,6]", "[\"tasks\",\"dueAt\",\"x\",\"y\"]", $"[\"tasks\",\"dueAt\",\"2026-01-01T00:00:00Z\",\"{id}\",1]", $"[\"tasks\",\"dueAt\",\"2026-01-01T00:00:00Z\",\"{id}x\"]",
            $"[\"tasks\",\"title\",\"\\u0000\",\"{id}\"]", $"[\"tasks\",\"title\",\"\\ud800\",\"{id}\"]", $"[\"tasks\",\"title\",{{}},\"{id}\"]", $"[\"tasks\",\"priority\",1e400,\"{id}\"]", $"[\"tasks\",\"priority\",99999999999,\"{id}\"]", $"[\"tasks\",\"\\ud800\",1,\"{id}\"]", $"[\"tasks\",\"dueAt\",\"99999-01-01T00:00:00Z\",\"{id}\"]",
            "[\"tasks\",\"dueAt\",\"2026-01-01T00:00:00Z\",[]]", "[\"tasks\",\"dueAt\"", new string('[', 100),
        ];
        foreach (var cursor in texts.Select(text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_')).Concat(["x", "!", "%%%", "äöü", "=", new string('A', 1999), new string('A', 2001)]))
        {
            Findings.Fault(await client.GetAsync($"/api/tasks?cursor={Uri.EscapeDataString(cursor)}"), 400, Invalid, "cursor").ShouldBeNull(cursor);
        }

        foreach (var amount in new[] { "1e20", "-2", "1e28", "99999999999999", "\"1\"" })
        {
            var cursor = Convert.ToBase64String(Encoding.UTF8.GetBytes($"[\"deals\",\"value\",{amount},\"{id}\"]")).TrimEnd('=');
            Findings.Fault(await client.GetAsync($"/api/deals?cursor={Uri.EscapeDataString(cursor)}"), 400, Invalid, "cursor").ShouldBeNull(amount);
        }
    }

    [Theory, EachDatabase]
    public async Task A_cursor_goes_with_the_order_that_it_was_made_in_and_with_no_skip(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        for (var i = 0; i < 3; i++) await client.MakeAsync("leads", new { lastName = $"Lead {i}" });
        var cursor = (await client.GetAsync("/api/leads?take=1&sort=lastName"))["nextCursor"].GetString();

        Findings.Fault(await client.GetAsync($"/api/leads?cursor={cursor}&sort=-lastName"), 400, Invalid, "sort").ShouldBeNull();
        Findings.Fault(await client.GetAsync($"/api/leads?cursor={cursor}&skip=1"), 400, Invalid, "skip").ShouldBeNull();
        Findings.Fault(await client.GetAsync($"/api/tasks?cursor={cursor}"), 400, Invalid, "cursor").ShouldBeNull();
        (await client.GetAsync($"/api/leads?cursor={cursor}&sort=lastName")).Items.Count.ShouldBe(2);
        (await client.GetAsync($"/api/leads?cursor={cursor}&skip=0&take=1")).Items.ShouldHaveSingleItem().GetProperty("lastName").GetString().ShouldBe("Lead 1");
    }

    [Theory, EachDatabase]
    public async Task The_total_is_exact_up_to_ten_thousand_and_by_asking(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var first = await client.MakeAsync("tasks", new { title = "Call back" });
        await CopyAsync(client, first, 9_999);

        await ShouldCountAsync("", 10_000, true);
        await ShouldCountAsync("total=capped", 10_000, true);
        await client.MakeAsync("tasks", new { title = "Another" });
        await ShouldCountAsync("", 10_000, false);
        await ShouldCountAsync("skip=9999", 10_000, false);
        await ShouldCountAsync("total=exact", 10_001, true);
        await ShouldCountAsync("total=none", null, null);
        await ShouldCountAsync("search=another", 1, true);
        await ShouldCountAsync("priority=HIGH", 0, true);
        (await client.GetAsync("/api/tasks?skip=10000")).Items.Count.ShouldBe(1);

        // Deeper than skip may go, by cursor.
        var (seen, path) = (0, "/api/tasks?take=200&total=none&sort=createdAt");
        for (var page = await client.GetAsync(path); ; page = await client.GetAsync($"{path}&cursor={page["nextCursor"].GetString()}"))
        {
            seen += page.Items.Count;
            if (page["nextCursor"].ValueKind == JsonValueKind.Null) break;
        }

        seen.ShouldBe(10_001);

        async Task ShouldCountAsync(string query, int? total, bool? isExact)
        {
            var page = (await client.GetAsync($"/api/tasks?take=2&{query}")).ShouldBe(HttpStatusCode.OK);
            (page.Json.TryGetProperty("total", out var counted) && counted.ValueKind != JsonValueKind.Null ? counted.GetInt32() : (int?)null).ShouldBe(total, query);
            (page.Json.TryGetProperty("totalIsExact", out var exact) && exact.ValueKind != JsonValueKind.Null ? exact.GetBoolean() : (bool?)null).ShouldBe(isExact, query);
        }
    }

    /// <summary>Writes so many copies of a task, in the database itself.</summary>
    private static Task<int> CopyAsync(Client client, Guid task, int count) => client.Host.QueryAsync(client.TenantId, db =>
    {
        var columns = string.Join(", ", db.Model.FindEntityType(typeof(Crm.Database.Tasks.CrmTask))!.GetProperties().Select(property => property.GetColumnName()).Where(column => column != "id"));
        var sql = client.Host.Database == Database.Postgres
            ? $"INSERT INTO tasks (id, {columns}) SELECT gen_random_uuid(), {columns} FROM tasks, generate_series(1, {count}) WHERE tenant_id = '{client.TenantId}' AND id = '{task}'"
            : $"WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count}) INSERT INTO tasks (id, {columns}) "
              + "SELECT upper(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-' || substr(h, 13, 4) || '-' || substr(h, 17, 4) || '-' || substr(h, 21)), " + columns
              + $" FROM (SELECT hex(randomblob(16)) AS h, tasks.* FROM tasks, series WHERE tenant_id = '{client.TenantId.ToString().ToUpperInvariant()}' AND id = '{task.ToString().ToUpperInvariant()}')";
        // In the service's own turn to write: SQLite has one writer, and other tests wait for it no longer than they would for a stranger.
        return db.InTransactionAsync(() => db.Database.ExecuteSqlRawAsync(sql), CancellationToken.None);
    });
}
