using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database;

public abstract partial class CrmDbContext
{
    private const string WaysByKey =
        """
        WITH RECURSIVE ways (pipeline_id, stage, visited) AS (
          SELECT s.pipeline_id, s.key,
            (SELECT min(d.visited) FROM deal_snapshots d WHERE d.tenant_id = {0} AND d.pipeline_id = s.pipeline_id AND d.stage = s.key AND d.stayed_before IS NULL AND (d.left_stage IS NOT NULL OR d.at = d.created_at))
          FROM (SELECT DISTINCT pipeline_id, KEY AS key FROM stage_snapshots WHERE tenant_id = {0}) s
          UNION ALL
          SELECT w.pipeline_id, w.stage,
            (SELECT min(d.visited) FROM deal_snapshots d WHERE d.tenant_id = {0} AND d.pipeline_id = w.pipeline_id AND d.stage = w.stage AND d.stayed_before IS NULL AND (d.left_stage IS NOT NULL OR d.at = d.created_at) AND d.visited > w.visited)
          FROM ways w WHERE w.visited IS NOT NULL
        )
        SELECT pipeline_id AS "PipelineId", stage AS "Stage", visited AS "Visited" FROM ways WHERE visited IS NOT NULL
        """;

    /// <summary>Reads several things as they are at one moment, whatever is committed meanwhile; in the transaction that is open already, else in one of its own.</summary>
    /// <param name="purpose">What for.</param>
    /// <param name="work">What reads them.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<T> ReadAsync<T>(ReadPurpose purpose, Func<Task<T>> work, CancellationToken ct)
    {
        if (Database.CurrentTransaction is not null) return await work();
        await using var moment = await BeginReadAsync(purpose, ct);
        return await work();
    }

    /// <summary>Reads rows one after the other, all as they are at one moment.</summary>
    /// <param name="rows">What they are, which may read something first.</param>
    /// <param name="ct">Stops it.</param>
    public async IAsyncEnumerable<T> StreamAsync<T>(Func<Task<IAsyncEnumerable<T>>> rows, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var moment = await BeginReadAsync(ReadPurpose.Rows, ct);
        await foreach (var row in (await rows()).WithCancellation(ct)) yield return row;
    }

    /// <summary>In which stages deals that came for the first time to a stage had stood by then: from one to the next by the index, and not through all of the entries. It can't be composed with.</summary>
    public abstract IQueryable<Way> Ways();

    /// <param name="key">A stage's key, as deals have it: of our own text, not of a caller's.</param>
    protected IQueryable<Way> Ways(string key) => Database.SqlQueryRaw<Way>(WaysByKey.Replace("KEY", key, StringComparison.Ordinal), FilterTenantId);

    /// <summary>Begins a transaction that sees one moment, and ends it when disposed of.</summary>
    protected abstract Task<IAsyncDisposable> BeginReadAsync(ReadPurpose purpose, CancellationToken ct);
}

/// <summary>What much is read for.</summary>
public enum ReadPurpose
{
    /// <summary>To list some of it in order.</summary>
    Rows,

    /// <summary>To add it up.</summary>
    Sums,

    /// <summary>To go through some of it in the order of an index, until there is enough.</summary>
    Some,
}

/// <summary>How deals came to a stage for the first time.</summary>
public sealed class Way
{
    public Guid PipelineId { get; init; }
    public string Stage { get; init; } = "";

    /// <summary>The keys of the stages in which they had stood by then, with commas between.</summary>
    public string Visited { get; init; } = "";
}
