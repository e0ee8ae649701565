using System.Net;
using Crm.Contracts.Activities;
using Crm.Contracts.Audit;
using Crm.Contracts.Conversion;
using Crm.Contracts.Deals;
using Crm.Contracts.Invitations;
using Crm.Contracts.Leads;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Tasks;
using Crm.Contracts.Workflows;
using Crm.Tests.Kit;
using Crm.Tests.Walls;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scale;

/// <summary>Every order that a list can be asked for comes out of an index: sorting would cost what the tenant has.</summary>
public sealed class OrderPlanTests
{
    private static readonly (string Collection, Type Query)[] Lists =
        [("leads", typeof(LeadQuery)), ("deals", typeof(DealQuery)), ("tasks", typeof(TaskQuery)), ("activities", typeof(ActivityQuery)), ("members", typeof(MemberQuery)), ("invitations", typeof(InvitationQuery)), ("customers", typeof(CustomerQuery)), ("conversions", typeof(ConversionQuery)), ("audit", typeof(AuditQuery)), ("automation/workflows", typeof(WorkflowQuery)), ("automation/runs", typeof(WorkflowRunQuery))];

    [Theory, EachDatabase]
    public async Task Every_order_of_every_list_is_read_from_an_index_on_its_first_page_and_behind_a_cursor(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connectionString);
        var client = host.NewTenant();
        foreach (var collection in Records.Collections)
        {
            for (var i = 0; i < 2; i++) await client.MakeOneAsync(collection, $"Record {i}");
        }

        foreach (var lead in (await client.GetAsync("/api/leads")).Items) (await client.PostAsync($"/api/leads/{lead.GetProperty("id").GetGuid()}/convert")).ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 2; i++) await client.MakeAsync("invitations", new { email = $"grace{i}@crm.example", role = "REP" });
        (await client.As(Role.Rep, "grace").GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK);
        foreach (var lead in (await client.GetAsync("/api/leads")).Items) await World.WorkflowAsync(client, lead.GetProperty("id").GetGuid());
        using var commands = CapturedCommands.Of(database, connectionString);
        var sorted = new List<string>();
        foreach (var (collection, query) in Lists)
        {
            foreach (var sort in ((SortableAttribute)Attribute.GetCustomAttribute(query, typeof(SortableAttribute))!).Keys.Where(key => key != "relevance").SelectMany(key => new[] { key, $"-{key}" }))
            {
                var path = $"/api/{collection}?take=1&total=none&sort={sort}";
                commands.Take();
                var first = (await client.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
                (await client.GetAsync($"{path}&cursor={first["nextCursor"].GetString()}")).ShouldBe(HttpStatusCode.OK).Items.Count.ShouldBe(1);
                var sent = commands.Take();
                sent.Count.ShouldBe(2, path);
                foreach (var command in sent)
                {
                    var plan = (await QueryCost.OfAsync(database, Planned(database, connectionString), client.TenantId, command)).Plan;
                    if (plan.Contains("Sort", StringComparison.Ordinal) || plan.Contains("TEMP B-TREE", StringComparison.Ordinal)) sorted.Add($"{path}\n{plan}");
                }
            }
        }

        sorted.ShouldBeEmpty(string.Join('\n', sorted));
    }

    /// <summary>PostgreSQL reads a small table as it lies and sorts it; asked not to, it sorts only where no index has the order.</summary>
    private static string Planned(Database database, string connectionString) => database == Database.Sqlite
        ? connectionString
        : new NpgsqlConnectionStringBuilder(connectionString) { Options = "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off -c enable_hashjoin=off -c enable_mergejoin=off" }.ConnectionString;
}
