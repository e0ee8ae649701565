using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Search;

/// <summary>
/// Of a tenant in which words are common: where the database expects much, it isn't asked for all of it. Whether it expects rightly, nothing that is told may
/// depend on: neither what is found, nor its order, nor how much it is.
/// </summary>
public sealed class MuchFoundTests
{
    private const int Count = 12_000;

    [Theory, EachDatabase]
    public async Task What_is_told_does_not_depend_on_what_is_expected(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var admin = host.NewTenant();
        await FillAsync(database, host.ConnectionString, admin);

        await ShouldBeExpectedAsync(host, admin, ["common", "stale", "boundary"]);

        // In all of them, and expected so.
        await ShouldFindAsync(admin, "common", [.. Numbers(Count, 5)], 10_000, isExact: false);
        await ShouldFindAsync(admin, "comm", [.. Numbers(Count, 5)], 10_000, isExact: false);
        await ShouldFindAsync(admin, "c", [.. Numbers(Count, 5)], 10_000, isExact: false);
        await ShouldFindAsync(admin, "comomn", [.. Numbers(Count, 5)], 10_000, isExact: false);
        await ShouldFindAsync(admin, "\"a common\"", [.. Numbers(Count, 5)], 10_000, isExact: false);

        // In half of them each, and expected together in a quarter.
        await ShouldFindAsync(admin, "odd even", [], 0, isExact: true);
        await ShouldFindAsync(admin, "\"even\" \"odd\"", [], 0, isExact: true);
        await ShouldFindAsync(admin, "odd common", [.. Numbers(Count, 10).Where(n => n % 2 == 1)], 6_000, isExact: true);
        await ShouldFindAsync(admin, "common -even", [.. Numbers(Count, 10).Where(n => n % 2 == 1)], 6_000, isExact: true);

        // In old ones only, which reading on would meet at the end.
        await ShouldFindAsync(admin, "ancient", [.. Numbers(2_000, 5)], 2_000, isExact: true);
        await ShouldFindAsync(admin, "common anc", [.. Numbers(2_000, 5)], 2_000, isExact: true);
        await ShouldFindAsync(admin, "boundary", [.. Numbers(10_000, 5)], 10_000, isExact: true);
        await ShouldFindAsync(admin, "beyond", [.. Numbers(10_001, 5)], 10_000, isExact: false);

        // In none any more, though expected in all.
        await ShouldFindAsync(admin, "stale", [], 0, isExact: true);

        (await admin.GetAsync("/api/search/suggest?q=t&take=3")).Items.Select(NumberOf).ShouldBe([0, .. Numbers(Count, 2)]);
        var walked = new List<int>();
        for (var path = "/api/tasks?search=ancient&sort=relevance&take=200"; path is not null;)
        {
            var page = (await admin.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
            walked.AddRange(page.Items.Select(NumberOf));
            path = page["nextCursor"].GetString() is { } cursor ? $"/api/tasks?search=ancient&take=200&cursor={cursor}" : null;
        }

        walked.ShouldBe(Numbers(2_000, 2_000));

        // Of all that only one's own is seen.
        (await admin.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        var rep = admin.As(Role.Rep, "rep");
        await rep.MakeAsync("tasks", new { title = "Task 12001", description = "so common", assigneeId = "rep" });
        await ShouldFindAsync(rep, "common", [12_001], 1, isExact: true);
        await ShouldFindAsync(rep, "comomn", [12_001], 1, isExact: true);
        await ShouldFindAsync(rep, "ancient", [], 0, isExact: true);
    }

    private static async Task ShouldFindAsync(Client client, string search, IReadOnlyList<int> newest, int total, bool isExact)
    {
        var asked = Uri.EscapeDataString(search);
        foreach (var order in new[] { "&sort=-createdAt", "&sort=relevance" })
        {
            var page = (await client.GetAsync($"/api/tasks?search={asked}{order}&take={Math.Max(1, newest.Count)}")).ShouldBe(HttpStatusCode.OK);
            page.Items.Select(NumberOf).ShouldBe(newest, search + order);
            (page["total"].GetInt32(), page["totalIsExact"].GetBoolean()).ShouldBe((total, isExact), search + order);
        }

        (await client.GetAsync($"/api/search?q={asked}&types=TASK&take={Math.Max(1, newest.Count)}")).ShouldBe(HttpStatusCode.OK).Items.Select(NumberOf).ShouldBe(newest, search);
    }

    /// <summary>PostgreSQL is what expects: it names none of what has these words, and says that there is much.</summary>
    private static async Task ShouldBeExpectedAsync(CrmHost host, Client client, IEnumerable<string> words)
    {
        if (host.Database != Database.Postgres) return;
        await using var connection = await Sql.OpenAsync(host.Database, host.ConnectionString);
        foreach (var word in words)
        {
            await connection.ExecuteAsync("SELECT set_config('app.tenant_id', @tenant, false)", ("@tenant", $"{client.TenantId}"));
            var found = await connection.RowsAsync("SELECT f FROM search_found('t', right(current_setting('app.tenant_id'), 8) || 'tx' || @word, '{}', '', false, 1001, false) f", ("@word", word));
            found.ShouldHaveSingleItem()[0].ShouldBeNull(word);
        }
    }

    /// <summary>Some numbers from one downwards.</summary>
    private static IEnumerable<int> Numbers(int from, int count) => Enumerable.Range(from - count + 1, count).Reverse();

    private static int NumberOf(System.Text.Json.JsonElement row) => int.Parse(row.GetProperty("title").GetString()!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Tasks by number, the newest last; what the database counts of them, it counts before a word goes from all.</summary>
    private static async Task FillAsync(Database database, string connectionString, Client client)
    {
        await client.MakeAsync("tasks", new { title = "Task 0" });
        await using var connection = await Sql.OpenAsync(database, connectionString);
        var number = database == Database.Postgres ? "lpad(n::text, 12, '0')" : "printf('%012d', n)";
        var id = $"'00000000-0000-7000-8000-' || {number}";
        await connection.ExecuteAsync(
            $"""
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {Count})
            INSERT INTO tasks (tenant_id, id, title, type, priority, assignee_id, title_key, priority_order, due_order, search_title, search_text, created_at, created_by, updated_at, updated_by, version)
            SELECT t.tenant_id, {(database == Database.Postgres ? $"({id})::uuid" : id)}, 'Task ' || n, t.type, t.priority, @user, t.title_key, t.priority_order, t.due_order, ' task ' || n || ' | @ ',
              ' task ' || n || ' | a common stale ' || CASE WHEN n % 2 = 1 THEN 'odd ' ELSE 'even ' END || CASE WHEN n <= 2000 THEN 'ancient ' ELSE '' END || CASE WHEN n <= 10000 THEN 'boundary ' ELSE '' END
                || CASE WHEN n <= 10001 THEN 'beyond ' ELSE '' END || '| @ ', t.created_at, 'x', t.updated_at, 'x', 1
            FROM numbers CROSS JOIN tasks t WHERE t.tenant_id = @tenant
            """,
            ("@tenant", client.TenantId), ("@user", client.User));
        await connection.ExecuteAsync("ANALYZE");
        await connection.ExecuteAsync("UPDATE tasks SET search_text = replace(search_text, ' stale ', ' ') WHERE tenant_id = @tenant", ("@tenant", client.TenantId));
    }
}
