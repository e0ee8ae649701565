using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Events;

/// <summary>
/// What the event adds to a write: the statements of a new lead as the service sends them, as one batch and one transaction, with the event and without, in turn;
/// and plain inserts of a row as large, into a table with nothing but its key, as a floor.
/// </summary>
internal static class LogRun
{
    private const int Clients = 4;

    private static readonly string Json = $$"""{"id":"019aa4b4-03d0-7c1e-9a52-6f0b3d8e7c41","text":"{{new string('x', 900)}}"}""";

    public static async Task RunAsync(string connection, int writes)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { MaxAutoPrepare = 50 }.ConnectionString);
        var tenant = Guid.CreateVersion7();
        await ExecuteAsync(source, "INSERT INTO tenants (tenant_id, time_zone, currency, visibility, created_at, updated_at, version) VALUES ($1, 'UTC', 'EUR', 'ALL', now(), now(), 1)", tenant);
        await ExecuteAsync(source, "CREATE TABLE IF NOT EXISTS plain_inserts (id uuid PRIMARY KEY, body text NOT NULL)");
        var modes = new (string Name, Func<NpgsqlBatch, bool> Fill)[]
        {
            ("plain inserts", batch => Plain(batch)),
            ("a lead without its event", batch => Lead(batch, tenant, withEvent: false)),
            ("a lead with its event", batch => Lead(batch, tenant, withEvent: true)),
        };
        var seen = modes.ToDictionary(mode => mode.Name, _ => new List<double>(), StringComparer.Ordinal);
        const int rounds = 40;
        var each = Math.Max(1, writes / rounds);
        foreach (var (_, fill) in modes) await RunOnceAsync(source, fill, each); // warm
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, fill) in modes) seen[name].Add(await RunOnceAsync(source, fill, each));
        }

        foreach (var (name, _) in modes) Console.WriteLine($"| {name} | {writes} | {Writer.Percentile(seen[name], 50):0} |");
        var ratios = seen["a lead with its event"].Zip(seen["a lead without its event"], (with, without) => with / without);
        Console.WriteLine($"| with ÷ without, median of {rounds} rounds | | {Writer.Percentile(ratios, 50):0.00} |");
    }

    /// <returns>How many a second.</returns>
    private static async Task<double> RunOnceAsync(NpgsqlDataSource source, Func<NpgsqlBatch, bool> fill, int writes)
    {
        var next = 0;
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            await using var connection = await source.OpenConnectionAsync();
            while (Interlocked.Increment(ref next) <= writes)
            {
                await using var batch = new NpgsqlBatch(connection);
                fill(batch);
                await batch.ExecuteNonQueryAsync();
            }
        }));
        return writes / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static bool Plain(NpgsqlBatch batch) => Add(batch, "INSERT INTO plain_inserts (id, body) VALUES ($1, $2)", Guid.CreateVersion7(), Json);

    private static bool Lead(NpgsqlBatch batch, Guid tenant, bool withEvent)
    {
        var id = Guid.CreateVersion7();
        Add(batch, "SELECT set_config('role', 'crm_app', true) || set_config('app.tenant_id', $1, true)", tenant.ToString());
        Add(
            batch,
            """
            INSERT INTO leads (tenant_id, id, first_name, last_name, email, company_name, status, source, estimated_value, currency, tags, name_key, company_key, email_key, value_order, score_order, search_text, created_at, created_by, updated_at, updated_by, version)
            VALUES ($1, $2, 'Ada', 'Lovelace', 'ada@example.com', 'Engines', 'NEW', 'OTHER', 10000, 'EUR', '{}', 'lovelace ada', 'engines', 'ada@example.com', 10000, -1, ' ada lovelace engines ', now(), 'ada', now(), 'ada', 1)
            """,
            tenant, id);
        Add(batch, "INSERT INTO lead_stays (tenant_id, lead_id, ordinal, status, entered_at, entered_by) VALUES ($1, $2, 0, 'NEW', now(), 'ada')", tenant, id);
        if (!withEvent) return true;
        var eventId = Guid.CreateVersion7();
        Add(batch, "INSERT INTO events (tenant_id, id, type, collection, record_id, version, actor, occurred_at, changes, record) VALUES ($1, $2, 'lead.created', 'leads', $3, 1, 'ada', now(), '{}', $4)", tenant, eventId, id, Json);
        return Add(batch, "INSERT INTO unsealed_events (tenant_id, event_id) VALUES ($1, $2)", tenant, eventId);
    }

    private static bool Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = value is Guid ? NpgsqlDbType.Uuid : NpgsqlDbType.Text });
        batch.BatchCommands.Add(command);
        return true;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql, params object[] values)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        if (values.Length > 0) Add(batch, "SELECT set_config('role', 'crm_app', true) || set_config('app.tenant_id', $1, true)", $"{values[0]}");
        Add(batch, sql, values);
        await batch.ExecuteNonQueryAsync();
    }
}
