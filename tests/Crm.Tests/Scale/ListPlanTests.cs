using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scale;

/// <summary>
/// What a list costs must not grow with its table, nor with how deep one reads. Counted in pages or machine steps, not in time.
/// CRM_SCALE_ROWS sets how many leads there are (bin/plans: 1 000 000), CRM_SCALE_REPORT where the plans are written.
/// </summary>
public sealed class ListPlanTests
{
    private static readonly int Rows = int.Parse(Environment.GetEnvironmentVariable("CRM_SCALE_ROWS") ?? "150000", CultureInfo.InvariantCulture);

    private static readonly string[] Orders = ["-createdAt", "createdAt", "-updatedAt", "lastName", "companyName", "-estimatedValue", "-score"];

    [Theory, EachDatabase]
    public async Task A_page_and_its_total_cost_the_same_at_any_depth_and_size(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connectionString);
        var (large, small) = (host.NewTenant(Role.Viewer), host.NewTenant(Role.Viewer));
        var others = Enumerable.Range(0, 198).Select(_ => (Guid.CreateVersion7(), (int)(Rows * 0.7 / 200)));
        await ManyLeads.LoadAsync(database, connectionString, [.. others, (small.TenantId, Math.Max(Rows / 80, 11_000)), (large.TenantId, Rows * 3 / 10)]);
        using var commands = CapturedCommands.Of(database, connectionString);
        var report = new StringBuilder();

        foreach (var order in Orders)
        {
            var few = await CostAsync(small, $"?sort={order}&take=20", commands);
            var first = await CostAsync(large, $"?sort={order}&take=20", commands);
            var deep = await CostAsync(large, $"?take=20&cursor={await CursorAsync(large, order)}", commands);
            Report(report, $"sort={order}", few, first, deep);
            ShouldCostAlike(few.Page, first.Page, order);
            ShouldCostAlike(first.Page, deep.Page, order);
            ShouldCostAlike(few.Total, first.Total, order);
        }

        var filteredFew = await CostAsync(small, "?status=NEW&take=20", commands);
        var filtered = await CostAsync(large, "?status=NEW&take=20", commands);
        Report(report, "status=NEW", filteredFew, filtered, filtered);
        ShouldCostAlike(filteredFew.Page, filtered.Page, "status=NEW");
        await WriteAsync(database, report);
    }

    private async Task<(QueryCost Page, QueryCost Total)> CostAsync(Client client, string query, CapturedCommands commands)
    {
        (await client.GetAsync("/api/leads" + query)).ShouldBe(HttpStatusCode.OK);
        commands.Take();
        (await client.GetAsync("/api/leads" + query)).ShouldBe(HttpStatusCode.OK);
        var sent = commands.Take();
        sent.Count.ShouldBe(2, "a page and its total are one query each");
        var page = await QueryCost.OfAsync(client.Host.Database, client.Host.ConnectionString, client.TenantId, sent[0]);
        var total = await QueryCost.OfAsync(client.Host.Database, client.Host.ConnectionString, client.TenantId, sent[1]);
        return (page, total);
    }

    /// <summary>A cursor from near the far end of the list, made of a row that is there.</summary>
    private static async Task<string> CursorAsync(Client client, string order)
    {
        var reversed = order.StartsWith('-') ? order[1..] : "-" + order;
        var answer = await client.GetAsync($"/api/leads?sort={reversed}&skip=1000&take=1&total=none");
        var cursor = JsonSerializer.Deserialize<JsonElement[]>(Base64Url.DecodeFromChars(answer["nextCursor"].GetString()), CrmJson.Options)!;
        return Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes<object[]>([cursor[0], order, .. cursor[2..]], CrmJson.Options));
    }

    private static void ShouldCostAlike(QueryCost one, QueryCost other, string what)
    {
        other.Plan.ShouldNotContain("Seq Scan", customMessage: $"{what}:\n{other.Plan}");
        other.Plan.ShouldNotContain("Sort", customMessage: $"{what}:\n{other.Plan}");
        other.Plan.ShouldNotContain("TEMP B-TREE", customMessage: $"{what}:\n{other.Plan}");
        ((double)other.Work).ShouldBeLessThan((one.Work * 1.3) + 20, $"{what}: {one.Work} and {other.Work}\n{one.Plan}\n{other.Plan}");
    }

    private static void Report(StringBuilder report, string what, (QueryCost Page, QueryCost Total) few, (QueryCost Page, QueryCost Total) first, (QueryCost Page, QueryCost Total) deep) =>
        report.Append(CultureInfo.InvariantCulture, $"""
            ### `{what}`

            | | small tenant, first page | large tenant, first page | large tenant, far end by cursor |
            | --- | ---: | ---: | ---: |
            | page | {few.Page.Work} | {first.Page.Work} | {deep.Page.Work} |
            | total | {few.Total.Work} | {first.Total.Work} | {deep.Total.Work} |

            ```
            {deep.Page.Plan}```

            ```
            {deep.Total.Plan}```


            """);

    private static async Task WriteAsync(Database database, StringBuilder report)
    {
        if (Environment.GetEnvironmentVariable("CRM_SCALE_REPORT") is not { Length: > 0 } folder) return;
        var unit = database == Database.Postgres ? "pages touched (8 KiB each)" : "steps of SQLite's virtual machine";
        var head = string.Create(CultureInfo.InvariantCulture, $"# Lists on {database}: {Rows} leads\n\nOf 200 tenants the large one has {Rows * 3 / 10}. Costs are {unit}. Made by `bin/plans {Rows}`.\n\n");
        await File.WriteAllTextAsync(Path.Combine(folder, $"list-plans-{database.ToString().ToLowerInvariant()}.md"), head + report);
    }
}
