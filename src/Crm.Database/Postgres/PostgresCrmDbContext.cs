using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Crm.Database.Events;
using Crm.Database.Members;
using Crm.Database.Search;
using Crm.Database.Settings;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database.Postgres;

public sealed class PostgresCrmDbContext : CrmDbContext, IWalled
{
    /// <summary>
    /// What is read so is much, and how much differs from tenant to tenant: one plan for all would suit none. Of joins the planner expects
    /// few rows, as it doesn't know that a tenant has few pipelines; looking each up by itself would be slow, and compiling doesn't pay.
    /// More than one helper isn't called, and none where the server says so: others want to be served meanwhile, and what each has to prepare by itself they would prepare once more.
    /// </summary>
    private const string ForRows = "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL enable_nestloop = off; SELECT set_config('max_parallel_workers_per_gather', least(current_setting('max_parallel_workers_per_gather')::int, 1)::text, true)";

    /// <summary>Sums are made by hashing: sorting rows so as to add them up is slower.</summary>
    private const string ForSums = ForRows + "; SET LOCAL enable_sort = off";

    /// <summary>How often words are met is a guess to the planner; reading and sorting all of a tenant would be the price of a wrong one.</summary>
    private const string ForSome = "SET LOCAL jit = off; SET LOCAL enable_sort = off; SET LOCAL max_parallel_workers_per_gather = 0";

    public PostgresCrmDbContext(DbContextOptions<PostgresCrmDbContext> options, TenantScope scope, TimeProvider clock, LogSignal signal, WallOptions wall)
        : base(options, scope, clock, signal)
    {
        // SET LOCAL needs a transaction; EF Core opens none for a save of one statement.
        if (wall.SetLocal) Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
    }

    /// <inheritdoc cref="IWalled.AsOwner"/>
    internal bool AsOwner { get; set; }

    bool IWalled.AsOwner => AsOwner;

    Guid IWalled.TenantId => FilterTenantId;

    (DbTransaction Transaction, Guid TenantId)? IWalled.Walled { get; set; }

    protected override async Task<IAsyncDisposable> BeginReadAsync(ReadPurpose purpose, CancellationToken ct)
    {
        var transaction = await Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        try
        {
            await Database.ExecuteSqlRawAsync(purpose switch { ReadPurpose.Sums => ForSums, ReadPurpose.Some => ForSome, _ => ForRows }, ct);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    public override IQueryable<Guid> TenantsToSeal() => Database.SqlQuery<Guid>($"SELECT tenants_to_seal() AS \"Value\"");

    public override IQueryable<Guid> TenantsToConvert() => Database.SqlQuery<Guid>($"SELECT tenants_to_convert() AS \"Value\"");

    public override IQueryable<Guid> TenantsWithAlarms() => Database.SqlQuery<Guid>($"SELECT tenants_with_alarms() AS \"Value\"");

    public override Task<int> SetAlarmsOfStageAsync(Guid pipelineId, string stage, int? rottingDays, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE deals SET alarm_at = stage_entered_at + make_interval(hours => 24 * {rottingDays}::int) WHERE tenant_id = {FilterTenantId} AND pipeline_id = {pipelineId} AND stage = {stage} AND closed_at IS NULL AND deleted_at IS NULL AND rotting_told IS DISTINCT FROM stage_entered_at", ct);

    public override IQueryable<Guid> ConversionsDue(int most) => Database.SqlQuery<Guid>(
        $"SELECT id AS \"Value\" FROM conversions WHERE tenant_id = {FilterTenantId} AND state = 'PENDING' AND due_at <= clock_timestamp() ORDER BY due_at LIMIT {most}");

    public override Task<int> LeaseAsync(Guid id, Guid lease, TimeSpan length, bool evenIfWaiting, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE conversions SET lease = {lease}, due_at = clock_timestamp() + {length}, attempts = attempts + 1 WHERE tenant_id = {FilterTenantId} AND id = {id} AND state = 'PENDING' AND (due_at <= clock_timestamp() OR ({evenIfWaiting} AND lease IS NULL))", ct);

    public override Task<int> RenewAsync(Guid id, Guid lease, TimeSpan length, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE conversions SET due_at = clock_timestamp() + {length} WHERE tenant_id = {FilterTenantId} AND id = {id} AND state = 'PENDING' AND lease = {lease}", ct);

    public override IQueryable<Guid> TenantsToMail() => Database.SqlQuery<Guid>($"SELECT tenants_to_mail() AS \"Value\"");

    public override IQueryable<Guid> MailsDue(int most) => Database.SqlQuery<Guid>(
        $"SELECT id AS \"Value\" FROM notification_mails WHERE tenant_id = {FilterTenantId} AND state = 'PENDING' AND due_at <= clock_timestamp() ORDER BY due_at, id LIMIT {most}");

    public override Task<int> LeaseMailAsync(Guid id, Guid lease, TimeSpan length, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE notification_mails SET lease = {lease}, due_at = clock_timestamp() + {length}, attempts = attempts + 1 WHERE tenant_id = {FilterTenantId} AND id = {id} AND state = 'PENDING' AND due_at <= clock_timestamp()", ct);

    public override IQueryable<Guid> TenantsToTidy(DateTimeOffset endedBefore, DateTimeOffset madeBefore) =>
        Database.SqlQuery<Guid>($"SELECT tenants_to_tidy({endedBefore}, {madeBefore}) AS \"Value\"");

    public override IQueryable<Guid> TenantsToRoute(DateTimeOffset dueBy) => Database.SqlQuery<Guid>($"SELECT tenants_to_route({dueBy}) AS \"Value\"");

    public override IQueryable<Guid> TenantsWithClocks(DateTimeOffset nextBy) => Database.SqlQuery<Guid>($"SELECT tenants_with_clocks({nextBy}) AS \"Value\"");

    public override IQueryable<Guid> TenantsWithRuns(DateTimeOffset dueBy, bool calls) => Database.SqlQuery<Guid>($"SELECT tenants_with_runs({dueBy}, {calls}) AS \"Value\"");

    public override IQueryable<Guid> TenantsWithOldRuns(DateTimeOffset before) => Database.SqlQuery<Guid>($"SELECT tenants_with_old_runs({before}) AS \"Value\"");

    public override IQueryable<Guid> TenantsWithDashboards(DateTimeOffset dueBy) => Database.SqlQuery<Guid>($"SELECT tenants_with_dashboards({dueBy}) AS \"Value\"");

    public override IQueryable<Guid> TenantsToDeliver() => Database.SqlQuery<Guid>($"SELECT tenants_to_deliver() AS \"Value\"");

    public override IQueryable<Guid> DeliveriesDue(int most) => Database.SqlQuery<Guid>(
        $"SELECT id AS \"Value\" FROM dashboard_deliveries WHERE tenant_id = {FilterTenantId} AND state = 'PENDING' AND try_at <= clock_timestamp() ORDER BY try_at, id LIMIT {most}");

    public override Task<int> LeaseDeliveryAsync(Guid id, Guid lease, TimeSpan length, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE dashboard_deliveries SET lease = {lease}, try_at = clock_timestamp() + {length}, attempts = attempts + 1 WHERE tenant_id = {FilterTenantId} AND id = {id} AND state = 'PENDING' AND try_at <= clock_timestamp()", ct);

    public override IQueryable<Guid> TenantsWithOldDeliveries(DateTimeOffset before) => Database.SqlQuery<Guid>($"SELECT tenants_with_old_deliveries({before}) AS \"Value\"");

    public override IQueryable<Guid> TenantsToScore(DateTimeOffset dueBy) => Database.SqlQuery<Guid>($"SELECT tenants_to_score({dueBy}) AS \"Value\"");

    public override IQueryable<Guid> TenantsToTrain(DateTimeOffset dueBy) => Database.SqlQuery<Guid>($"SELECT tenants_to_train({dueBy}) AS \"Value\"");

    public override Task<DateTimeOffset> NowAsync(CancellationToken ct) => Database.SqlQuery<DateTimeOffset>($"SELECT clock_timestamp() AS \"Value\"").SingleAsync(ct);

    public override IQueryable<Guid> TenantsToRelay(string[] kinds) => Database.SqlQuery<Guid>($"SELECT tenants_to_relay({kinds}) AS \"Value\"");

    public override IQueryable<string> ConsumersDue(string[] kinds) => Database.SqlQuery<string>(
        $"SELECT name AS \"Value\" FROM log_consumers WHERE tenant_id = {FilterTenantId} AND split_part(name, ':', 1) = ANY({kinds}) AND (position < target OR held_due_at IS NOT NULL) AND due_at <= clock_timestamp() AND (position < target OR held_due_at <= clock_timestamp())");

    public override Task<int> LeaseConsumerAsync(string name, Guid lease, TimeSpan length, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE log_consumers SET lease = {lease}, due_at = clock_timestamp() + {length} WHERE tenant_id = {FilterTenantId} AND name = {name} AND due_at <= clock_timestamp() AND (position < target OR held_due_at <= clock_timestamp())", ct);

    public override Task<int> RenewConsumerAsync(string name, Guid lease, TimeSpan length, CancellationToken ct) => Database.ExecuteSqlAsync(
        $"UPDATE log_consumers SET due_at = clock_timestamp() + {length} WHERE tenant_id = {FilterTenantId} AND name = {name} AND lease = {lease}", ct);

    public override IQueryable<LogDepth> LogDepths() => Database.SqlQuery<LogDepth>($"SELECT kind AS \"Kind\", behind AS \"Behind\", depth AS \"Depth\", since AS \"Since\" FROM log_depths()");

    protected override IReadOnlyList<object> Asked(SearchPattern pattern, SearchKind kind, SearchZone zone, bool isSure)
    {
        var beginning = Lexemes.Beginning(FilterTenantId, kind, zone);
        var (split, ending) = pattern.Ending() is var (others, last, word) ? ([QueryOf(others, beginning), QueryOf(last, beginning)], $" {word}") : (Array.Empty<string>(), "");
        return [QueryOf(pattern, beginning), split, ending, zone == SearchZone.Title, isSure];
    }

    private static string QueryOf(SearchPattern pattern, string beginning) =>
        Lexemes.Write(pattern, (word, isPrefix) => isPrefix && Lexemes.IsShort(word) ? $"'{Lexemes.BeginningOfLetters(beginning)}{word}'" : $"'{beginning}{word}'{(isPrefix ? ":*" : "")}", " & ", " | ");

    protected override string FoundSql(SearchKind kind, IReadOnlyList<string> places) => places is [var query, var split, var ending, var ofTitle, var isSure]
        ? $$"""SELECT {{(int)kind}} AS "Kind", f AS "Id" FROM search_found('{{Lexemes.Letter(kind)}}', {{query}}, {{split}}, {{ending}}, {{ofTitle}}, {1}, {{isSure}}) f"""
        : throw new UnreachableException();

    public override Task<List<SearchEntry>> SearchEntriesAsync(SearchKind kind, IReadOnlyList<Guid> ids, CancellationToken ct) => Database.SqlQuery<SearchEntry>(
        $"SELECT record_id AS \"Id\", title AS \"Title\", words AS \"Text\" FROM search_documents WHERE tenant_id = {FilterTenantId} AND kind = {Lexemes.Letter(kind).ToString()} AND record_id = ANY({ids})").ToListAsync(ct);

    public override Task<List<Guid>> StraySearchEntriesAsync(SearchKind kind, int most, CancellationToken ct)
    {
        var sql = $$"""SELECT record_id AS "Value" FROM search_documents e WHERE e.tenant_id = {0} AND e.kind = '{{Lexemes.Letter(kind)}}' AND NOT EXISTS ({{IsOfEntry(kind)}}) LIMIT {1}""";
        return Database.SqlQueryRaw<Guid>(sql, FilterTenantId, most).ToListAsync(ct);
    }

    public override Task RemoveSearchEntriesAsync(SearchKind kind, IReadOnlyList<Guid> ids, CancellationToken ct) =>
        Database.ExecuteSqlAsync($"DELETE FROM search_documents WHERE tenant_id = {FilterTenantId} AND kind = {Lexemes.Letter(kind).ToString()} AND record_id = ANY({ids})", ct);

    /// <summary>By the stems of the language: a stem but for its last letter is how all of its forms begin.</summary>
    public override Task<List<KindredWord>> KindredAsync(string[] words, CancellationToken ct) => Database.SqlQuery<KindredWord>(
        $"""
        SELECT typed.word AS "Typed", form.word_key AS "Word"
        FROM tenants t
        CROSS JOIN LATERAL (SELECT CASE WHEN t.search_language <> 'SIMPLE' THEN (lower(t.search_language) || '_stem')::regdictionary END AS name) language
        CROSS JOIN unnest({words}) AS typed (word)
        CROSS JOIN LATERAL (SELECT stem, left(stem, greatest(length(stem) - 1, 3)) COLLATE "C" AS beginning FROM (SELECT (ts_lexize(language.name, typed.word))[1] AS stem) s) of_typed
        CROSS JOIN LATERAL (
          SELECT DISTINCT w.word_key FROM search_words w
          WHERE w.tenant_id = t.tenant_id AND w.variant_key >= of_typed.beginning AND w.variant_key < of_typed.beginning || chr(1114111) AND w.variant_key = w.word_key
            AND (ts_lexize(language.name, w.word_key))[1] = of_typed.stem
          ORDER BY w.word_key LIMIT 200) form
        WHERE t.tenant_id = {FilterTenantId} AND t.search_language <> 'SIMPLE'
        """).ToListAsync(ct);

    public override IQueryable<Way> Ways() => Ways("key COLLATE \"default\""); // by another collation than its own the index isn't found

    /// <summary>From JSON, of which the planner takes there to be little, so that it looks the rates up; of arrays as long it would put all deals in order instead.</summary>
    public override IQueryable<DayRate> TableOf(IReadOnlyList<DayRate> rates)
    {
        var json = JsonSerializer.Serialize(rates);
        return Database.SqlQuery<DayRate>($"""SELECT "Currency", "Day", "Times", "Divisor", "Most" FROM json_to_recordset({json}::json) AS rates ("Currency" text, "Day" bigint, "Times" bigint, "Divisor" bigint, "Most" bigint)""");
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        // Sorted by code point, as SQLite does, and by an operator that row-level security lets reach an index.
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            if (property.ClrType == typeof(string) && (property.Name.EndsWith("Key", StringComparison.Ordinal) || property.Name == nameof(Member.UserId))) property.SetCollation("C");
        }
    }
}
