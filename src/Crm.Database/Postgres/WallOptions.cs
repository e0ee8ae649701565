namespace Crm.Database.Postgres;

/// <summary>How row-level security is told the tenant, and how long a statement may take.</summary>
public sealed record WallOptions
{
    /// <summary>Whether the tenant is set by <c>SET LOCAL</c> in a transaction block, which Citus passes on to its workers, rather than by <c>set_config</c>.</summary>
    public bool SetLocal { get; init; }

    /// <summary>How long a statement may run; zero for ever.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a statement may wait for a lock; zero for ever.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a transaction may stand open with nothing to do; zero for ever.</summary>
    public TimeSpan IdleInTransactionTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
