namespace Crm.Database;

public abstract partial class CrmDbContext
{
    /// <summary>The tenants that have conversions which are due, whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsToConvert();

    /// <summary>The conversions of the tenant that are due, the one that has waited longest first.</summary>
    public abstract IQueryable<Guid> ConversionsDue(int most);

    /// <summary>Takes a pending conversion that is due, or that nobody works on. It counts as another attempt.</summary>
    /// <returns>1 where it was taken, 0 where another has it, or it isn't due or has ended.</returns>
    public abstract Task<int> LeaseAsync(Guid id, Guid lease, TimeSpan length, bool evenIfWaiting, CancellationToken ct);

    /// <summary>Keeps a lease for longer.</summary>
    /// <returns>1 where it is held still, 0 where another has it.</returns>
    public abstract Task<int> RenewAsync(Guid id, Guid lease, TimeSpan length, CancellationToken ct);

    /// <summary>The database's own time, by which leases are measured.</summary>
    public abstract Task<DateTimeOffset> NowAsync(CancellationToken ct);
}
