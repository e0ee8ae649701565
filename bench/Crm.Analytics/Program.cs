using System.Globalization;
using Crm.Analytics;
using Npgsql;

// Crm.Analytics fill CONNECTION DEALS                                                      deals with their history in 200 tenants, and checks that they are right
// Crm.Analytics measure CONNECTION URL KEY LARGE-REP TYPICAL-REP LOG PLANS REPETITIONS     how long reports take, as tables; their plans, from the server's LOG, into PLANS
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["fill", var connection, var deals]:
        await using (var database = Open(connection)) await Filling.RunAsync(database, int.Parse(deals, CultureInfo.InvariantCulture));
        return 0;
    case ["measure", var connection, var url, var key, var largeRep, var typicalRep, var log, var plans, var repetitions]:
        await using (var database = Open(connection))
        {
            using var http = new HttpClient { BaseAddress = new Uri(url), Timeout = Timeout.InfiniteTimeSpan };
            var (large, typical) = (new Tenant(http, Tenant.LargeId, key, largeRep), new Tenant(http, Tenant.TypicalId, key, typicalRep));
            await MeasureRun.RunAsync(large, typical, int.Parse(repetitions, CultureInfo.InvariantCulture));
            await PlanRun.RunAsync(large, typical, new ServerLog(database, log), plans);
            foreach (var tenant in new[] { large, typical }) await Reconciliation.RunAsync(tenant, database);
        }

        return 0;
    default:
        Console.Error.WriteLine("Crm.Analytics takes fill or measure; see the head of Program.cs.");
        return 2;
}

static NpgsqlDataSource Open(string connection) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { CommandTimeout = 0 }.ConnectionString);
