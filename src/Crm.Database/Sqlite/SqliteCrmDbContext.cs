using System.Text.Json;
using Crm.Database.Events;
using Crm.Database.Naming;
using Crm.Database.Search;
using Crm.Database.Settings;
using Crm.Database.Tenancy;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database.Sqlite;

public sealed class SqliteCrmDbContext(DbContextOptions<SqliteCrmDbContext> options, TenantScope scope, TimeProvider clock, LogSignal signal, SqliteWriteGate gate)
    : CrmDbContext(options, scope, clock, signal)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MicrosecondConverter>();
    }

    /// <summary>EF Core's own transactions would take the place of the one writer.</summary>
    protected override async Task<IAsyncDisposable> BeginReadAsync(ReadPurpose purpose, CancellationToken ct)
    {
        await Database.OpenConnectionAsync(ct);
        var moment = new Moment(this);
        try
        {
            moment.Transaction = ((SqliteConnection)Database.GetDbConnection()).BeginTransaction(deferred: true);
            await Database.UseTransactionAsync(moment.Transaction, ct);
            return moment;
        }
        catch
        {
            await moment.DisposeAsync();
            throw;
        }
    }

    public override IQueryable<Guid> TenantsToSeal() => Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM unsealed_events");

    public override IQueryable<Guid> TenantsToConvert() =>
        Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM conversions WHERE state = 'PENDING' AND due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER)");

    /// <summary>From tenant to tenant by the index, and not through all of their alarms.</summary>
    public override IQueryable<Guid> TenantsWithAlarms() => Database.SqlQuery<Guid>(
        $"""
        WITH RECURSIVE
          with_tasks (tenant_id) AS (
            SELECT min(tenant_id) FROM tasks WHERE alarm_at IS NOT NULL
            UNION ALL
            SELECT (SELECT min(t.tenant_id) FROM tasks t WHERE t.alarm_at IS NOT NULL AND t.tenant_id > w.tenant_id) FROM with_tasks w WHERE w.tenant_id IS NOT NULL
          ),
          with_deals (tenant_id) AS (
            SELECT min(tenant_id) FROM deals WHERE alarm_at IS NOT NULL
            UNION ALL
            SELECT (SELECT min(d.tenant_id) FROM deals d WHERE d.alarm_at IS NOT NULL AND d.tenant_id > w.tenant_id) FROM with_deals w WHERE w.tenant_id IS NOT NULL
          )
        SELECT w.tenant_id AS "Value" FROM with_tasks w
        WHERE EXISTS (SELECT 1 FROM tasks t WHERE t.tenant_id = w.tenant_id AND t.alarm_at < CAST(unixepoch('subsec') * 1000000 AS INTEGER))
        UNION
        SELECT w.tenant_id FROM with_deals w
        WHERE EXISTS (SELECT 1 FROM deals d WHERE d.tenant_id = w.tenant_id AND d.alarm_at < CAST(unixepoch('subsec') * 1000000 AS INTEGER))
        """);

    public override Task<int> SetAlarmsOfStageAsync(Guid pipelineId, string stage, int? rottingDays, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE deals SET alarm_at = stage_entered_at + {rottingDays} * 86400000000 WHERE tenant_id = {FilterTenantId} AND pipeline_id = {pipelineId} AND stage = {stage} AND closed_at IS NULL AND deleted_at IS NULL AND rotting_told IS NOT stage_entered_at", ct);

    public override IQueryable<Guid> ConversionsDue(int most) => Database.SqlQuery<Guid>(
        $"SELECT id AS \"Value\" FROM conversions WHERE tenant_id = {FilterTenantId} AND state = 'PENDING' AND due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER) ORDER BY due_at LIMIT {most}");

    public override Task<int> LeaseAsync(Guid id, Guid lease, TimeSpan length, bool evenIfWaiting, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE conversions SET lease = {lease}, due_at = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + {Micros(length)}, attempts = attempts + 1 WHERE tenant_id = {FilterTenantId} AND id = {id} AND state = 'PENDING' AND (due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER) OR ({evenIfWaiting} AND lease IS NULL))", ct);

    public override Task<int> RenewAsync(Guid id, Guid lease, TimeSpan length, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE conversions SET due_at = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + {Micros(length)} WHERE tenant_id = {FilterTenantId} AND id = {id} AND state = 'PENDING' AND lease = {lease}", ct);

    public override IQueryable<Guid> TenantsToMail() =>
        Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM notification_mails WHERE state = 'PENDING' AND due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER)");

    public override IQueryable<Guid> MailsDue(int most) => Database.SqlQuery<Guid>(
        $"SELECT id AS \"Value\" FROM notification_mails WHERE tenant_id = {FilterTenantId} AND state = 'PENDING' AND due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER) ORDER BY due_at, id LIMIT {most}");

    public override Task<int> LeaseMailAsync(Guid id, Guid lease, TimeSpan length, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE notification_mails SET lease = {lease}, due_at = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + {Micros(length)}, attempts = attempts + 1 WHERE tenant_id = {FilterTenantId} AND id = {id} AND state = 'PENDING' AND due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER)", ct);

    public override IQueryable<Guid> TenantsToTidy(DateTimeOffset endedBefore, DateTimeOffset madeBefore)
    {
        var (ended, made) = (Micros(endedBefore - DateTimeOffset.UnixEpoch), Micros(madeBefore - DateTimeOffset.UnixEpoch));
        return Database.SqlQuery<Guid>($"""
            SELECT tenant_id AS "Value" FROM notifications WHERE created_at < {made} OR (read_at IS NOT NULL AND created_at < {ended})
            UNION SELECT tenant_id FROM notification_mails WHERE state <> 'PENDING' AND created_at < {ended}
            """);
    }

    public override IQueryable<Guid> TenantsToRoute(DateTimeOffset dueBy) =>
        Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM lead_routings WHERE due_at <= {Micros(dueBy - DateTimeOffset.UnixEpoch)}");

    public override IQueryable<Guid> TenantsWithClocks(DateTimeOffset nextBy) =>
        Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM workflows WHERE next_at <= {Micros(nextBy - DateTimeOffset.UnixEpoch)}");

    public override IQueryable<Guid> TenantsWithRuns(DateTimeOffset dueBy, bool calls) =>
        Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM workflow_runs WHERE is_call = {calls} AND due_at <= {Micros(dueBy - DateTimeOffset.UnixEpoch)}");

    public override IQueryable<Guid> TenantsWithOldRuns(DateTimeOffset before) =>
        Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM workflow_runs WHERE ended_at IS NOT NULL AND key <> record_id AND ended_at < {Micros(before - DateTimeOffset.UnixEpoch)}");

    public override IQueryable<Guid> TenantsWithDashboards(DateTimeOffset dueBy) =>
        Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM dashboards WHERE next_at <= {Micros(dueBy - DateTimeOffset.UnixEpoch)}");

    public override IQueryable<Guid> TenantsToDeliver() =>
        Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM dashboard_deliveries WHERE state = 'PENDING' AND try_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER)");

    public override IQueryable<Guid> DeliveriesDue(int most) => Database.SqlQuery<Guid>(
        $"SELECT id AS \"Value\" FROM dashboard_deliveries WHERE tenant_id = {FilterTenantId} AND state = 'PENDING' AND try_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER) ORDER BY try_at, id LIMIT {most}");

    public override Task<int> LeaseDeliveryAsync(Guid id, Guid lease, TimeSpan length, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE dashboard_deliveries SET lease = {lease}, try_at = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + {Micros(length)}, attempts = attempts + 1 WHERE tenant_id = {FilterTenantId} AND id = {id} AND state = 'PENDING' AND try_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER)", ct);

    public override IQueryable<Guid> TenantsWithOldDeliveries(DateTimeOffset before) =>
        Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM dashboard_deliveries WHERE state <> 'PENDING' AND created_at < {Micros(before - DateTimeOffset.UnixEpoch)}");

    public override IQueryable<Guid> TenantsToScore(DateTimeOffset dueBy) => Database.SqlQuery<Guid>(
        $"""
        SELECT tenant_id AS "Value" FROM scorings s WHERE is_active AND leased_until <= CAST(unixepoch('subsec') * 1000000 AS INTEGER)
          AND (is_behind OR EXISTS (SELECT 1 FROM lead_scores l WHERE l.tenant_id = s.tenant_id AND l.due_at <= {Micros(dueBy - DateTimeOffset.UnixEpoch)}))
        """);

    public override IQueryable<Guid> TenantsToTrain(DateTimeOffset dueBy) =>
        Database.SqlQuery<Guid>($"SELECT tenant_id AS \"Value\" FROM scorings WHERE is_active AND train_at <= {Micros(dueBy - DateTimeOffset.UnixEpoch)}");

    /// <summary>The machine's: SQLite's is the same one.</summary>
    public override Task<DateTimeOffset> NowAsync(CancellationToken ct) => Task.FromResult(TimeProvider.System.GetUtcNow());

    public override IQueryable<Guid> TenantsToRelay(string[] kinds) => Database.SqlQuery<Guid>(
        $"SELECT DISTINCT tenant_id AS \"Value\" FROM log_consumers WHERE substr(name, 1, instr(name || ':', ':') - 1) IN (SELECT value FROM json_each({JsonSerializer.Serialize(kinds)})) AND (position < target OR held_due_at IS NOT NULL) AND due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER) AND (position < target OR held_due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER))");

    public override IQueryable<string> ConsumersDue(string[] kinds) => Database.SqlQuery<string>(
        $"SELECT name AS \"Value\" FROM log_consumers WHERE tenant_id = {FilterTenantId} AND substr(name, 1, instr(name || ':', ':') - 1) IN (SELECT value FROM json_each({JsonSerializer.Serialize(kinds)})) AND (position < target OR held_due_at IS NOT NULL) AND due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER) AND (position < target OR held_due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER))");

    public override Task<int> LeaseConsumerAsync(string name, Guid lease, TimeSpan length, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE log_consumers SET lease = {lease}, due_at = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + {Micros(length)} WHERE tenant_id = {FilterTenantId} AND name = {name} AND due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER) AND (position < target OR held_due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER))", ct);

    public override Task<int> RenewConsumerAsync(string name, Guid lease, TimeSpan length, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE log_consumers SET due_at = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + {Micros(length)} WHERE tenant_id = {FilterTenantId} AND name = {name} AND lease = {lease}", ct);

    public override IQueryable<LogDepth> LogDepths() => LogConsumers.IgnoreQueryFilters().Where(c => c.Position < c.Target)
        .GroupBy(c => c.Name.IndexOf(':') < 0 ? c.Name : c.Name.Substring(0, c.Name.IndexOf(':')))
        .Select(kind => new LogDepth(kind.Key, kind.LongCount(), kind.Sum(c => c.Target - c.Position), kind.Min(c => c.BehindSince)));

    protected override IReadOnlyList<object> Asked(SearchPattern pattern, SearchKind kind, SearchZone zone, bool isSure)
    {
        var beginning = Lexemes.Beginning(FilterTenantId, kind, zone);
        return [Lexemes.Write(pattern, (word, isPrefix) => $"\"{beginning}{word}\"{(isPrefix ? "*" : "")}", " AND ", " OR ")];
    }

    protected override string FoundSql(SearchKind kind, IReadOnlyList<string> places) =>
        $$"""SELECT {{(int)kind}} AS "Kind", record_id AS "Id" FROM (SELECT record_id FROM search_index WHERE search_index MATCH {{places[0]}} AND tenant_id = {0} LIMIT {1})""";

    public override Task<List<SearchEntry>> SearchEntriesAsync(SearchKind kind, IReadOnlyList<Guid> ids, CancellationToken ct) => ids.Count == 0 ? Task.FromResult(new List<SearchEntry>()) : Database.SqlQuery<SearchEntry>(
        $"SELECT record_id AS \"Id\", title AS \"Title\", text AS \"Text\" FROM search_index WHERE search_index MATCH {IdWords(ids)} AND tenant_id = {FilterTenantId} AND kind = {Lexemes.Letter(kind).ToString()}").ToListAsync(ct);

    public override Task<List<Guid>> StraySearchEntriesAsync(SearchKind kind, int most, CancellationToken ct)
    {
        var sql = $$"""SELECT e.record_id AS "Value" FROM search_index e WHERE e.search_index MATCH {0} AND e.tenant_id = {1} AND NOT EXISTS ({{IsOfEntry(kind)}}) LIMIT {2}""";
        return Database.SqlQueryRaw<Guid>(sql, $"\"{Lexemes.Beginning(FilterTenantId, kind, SearchZone.All)}\"", FilterTenantId, most).ToListAsync(ct);
    }

    public override Task RemoveSearchEntriesAsync(SearchKind kind, IReadOnlyList<Guid> ids, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"DELETE FROM search_index WHERE rowid IN (SELECT rowid FROM search_index WHERE search_index MATCH {IdWords(ids)} AND tenant_id = {FilterTenantId} AND kind = {Lexemes.Letter(kind).ToString()})", ct);

    /// <summary>The words by which the index knows records.</summary>
    private static string IdWords(IReadOnlyList<Guid> ids) => string.Join(" OR ", ids.Select(id => $"id{id:N}"));

    public override IQueryable<Way> Ways() => Ways("key");

    /// <summary>Made once and not for each row that it is joined with; so that it gets an index of its own, too.</summary>
    public override IQueryable<DayRate> TableOf(IReadOnlyList<DayRate> rates)
    {
        var json = JsonSerializer.Serialize(rates);
        return Database.SqlQuery<DayRate>($"""
            WITH rates AS MATERIALIZED (
              SELECT value ->> 'Currency' AS "Currency", value ->> 'Day' AS "Day", value ->> 'Times' AS "Times", value ->> 'Divisor' AS "Divisor", value ->> 'Most' AS "Most" FROM json_each({json}))
            SELECT * FROM rates
            """);
    }

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    protected override async ValueTask<IDisposable?> EnterWriteAsync(CancellationToken ct) => await gate.EnterAsync(ct);

    private sealed class Moment(SqliteCrmDbContext db) : IAsyncDisposable
    {
        public SqliteTransaction? Transaction { get; set; }

        public async ValueTask DisposeAsync()
        {
            try
            {
                if (db.Database.CurrentTransaction is { } used) await used.DisposeAsync();
                if (Transaction is not null) await Transaction.DisposeAsync();
            }
            finally
            {
                await db.Database.CloseConnectionAsync();
            }
        }
    }
}

/// <summary>Lets this process's writers in one by one, first come first served, instead of letting them poll for the file's lock.</summary>
public sealed class SqliteWriteGate : IDisposable
{
    private readonly SemaphoreSlim pen = new(1, 1);

    public async ValueTask<IDisposable> EnterAsync(CancellationToken ct)
    {
        await pen.WaitAsync(ct);
        return new Turn(pen);
    }

    public void Dispose() => pen.Dispose();

    private sealed class Turn(SemaphoreSlim pen) : IDisposable
    {
        public void Dispose() => pen.Release();
    }
}
