namespace Crm.Services.Operations;

/// <summary>What PostgreSQL is told of each transaction, besides its tenant.</summary>
public sealed record DatabaseLimits
{
    /// <summary>Whether it is told by <c>SET LOCAL</c>, which Citus passes on to its workers; else by <c>set_config</c>, which takes no transaction block around a single command.</summary>
    public bool SetLocal { get; init; }

    /// <summary>How long a statement may run; zero for ever.</summary>
    public TimeSpan Statement { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a statement may wait for a lock; zero for ever.</summary>
    public TimeSpan Lock { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a transaction may stand open with nothing to do; zero for ever.</summary>
    public TimeSpan IdleInTransaction { get; init; } = TimeSpan.FromSeconds(60);
}
