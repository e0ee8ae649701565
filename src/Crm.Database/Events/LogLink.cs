using System.Globalization;
using Npgsql;

namespace Crm.Database.Events;

/// <summary>
/// Lets the instances over one PostgreSQL wake each other by LISTEN and NOTIFY. What they tell is sent beside the writes and gathered, never within their
/// transactions: a NOTIFY in one makes all that commit wait in line. On SQLite there is nobody to tell but processes that look by themselves.
/// </summary>
public sealed class LogLink(LogSignal signal, NpgsqlDataSource? database = null, string? connectionString = null)
{
    private const string Name = "crm_log";
    private const string Written = "written";

    /// <summary>A message holds 8000 bytes.</summary>
    private const int MostTenants = 200;

    /// <summary>Whether the server is still there is asked this often, where nothing is heard.</summary>
    private const int KeepAliveSeconds = 15;

    /// <summary>What comes in this time goes into one message.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(5);

    private readonly string own = Guid.CreateVersion7().ToString("N");

    /// <summary>Whether other instances can be heard at all.</summary>
    public bool IsPossible => database is not null;

    /// <summary>Tells and hears until it is stopped or the connection fails.</summary>
    /// <returns>False where a pool of transactions stands in between, which hears nothing.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        // A connection beside the pool, from which it would take one for good.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = KeepAliveSeconds }.ConnectionString);
        await connection.OpenAsync(ct);
        await using (var ask = new NpgsqlCommand("SELECT pg_backend_pid()", connection))
        {
            if ((int)(await ask.ExecuteScalarAsync(ct))! != connection.ProcessID) return false;
        }

        connection.Notification += (_, heard) => Hear(heard.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {Name}", connection)) await listen.ExecuteNonQueryAsync(ct);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var sides = new[] { HearAsync(connection, either.Token), TellAsync(either.Token) };
        var first = await Task.WhenAny(sides);
        await either.CancelAsync();
        await Task.WhenAll(sides).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        return true;
    }

    private static async Task HearAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        while (true) await connection.WaitAsync(ct);
    }

    private async Task TellAsync(CancellationToken ct)
    {
        while (true)
        {
            var next = signal.NextOutgoing;
            var (written, tenants) = signal.TakeOutgoing();
            if (written) await TellAsync(Written, ct);
            foreach (var some in tenants.Chunk(MostTenants)) await TellAsync(string.Join(',', some.Select(id => id.ToString("N", CultureInfo.InvariantCulture))), ct);
            await next.WaitAsync(ct);
            await Task.Delay(Gathering, ct);
        }
    }

    private async Task TellAsync(string what, CancellationToken ct)
    {
        await using var notify = database!.CreateCommand("SELECT pg_notify($1, $2)");
        notify.Parameters.AddWithValue(Name);
        notify.Parameters.AddWithValue($"{own} {what}");
        await notify.ExecuteNonQueryAsync(ct);
    }

    private void Hear(string payload)
    {
        if (payload.Split(' ') is not [var from, var what] || from == own) return;
        if (what == Written)
        {
            signal.HearWritten();
            return;
        }

        foreach (var text in what.Split(','))
        {
            if (Guid.TryParseExact(text, "N", out var tenantId)) signal.Hear(tenantId);
        }
    }
}
