using System.Globalization;
using Crm.Search;
using Npgsql;

// Crm.Search fill CONNECTION LEADS                      leads and the index of their words, in 200 tenants
// Crm.Search measure CONNECTION URL KEY ROUNDS TIMES    how long searches take with row-level security and without, as a table, what the index costs a write, and how it is read
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["fill", var connection, var leads]:
        await using (var database = Open(connection)) await Filling.RunAsync(database, int.Parse(leads, CultureInfo.InvariantCulture));
        return 0;
    case ["measure", var connection, var url, var key, var rounds, var times]:
        await using (var database = Open(connection))
        {
            using var http = new HttpClient { BaseAddress = new Uri(url), Timeout = Timeout.InfiniteTimeSpan };
            await new MeasureRun(http, database, key).RunAsync(int.Parse(rounds, CultureInfo.InvariantCulture), int.Parse(times, CultureInfo.InvariantCulture));
            await new WriteRun(http, database, key).RunAsync(int.Parse(rounds, CultureInfo.InvariantCulture), int.Parse(times, CultureInfo.InvariantCulture) * 5);
            await PlanRun.RunAsync(database);
        }

        return 0;
    default:
        Console.Error.WriteLine("Crm.Search takes fill or measure; see the head of Program.cs.");
        return 2;
}

static NpgsqlDataSource Open(string connection) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { CommandTimeout = 0 }.ConnectionString);
