using System.Runtime.CompilerServices;

namespace Crm.Database;

public abstract partial class CrmDbContext
{
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
}
