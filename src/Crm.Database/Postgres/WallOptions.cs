namespace Crm.Database.Postgres;

/// <summary>How a transaction is told its tenant, and how long it may take.</summary>
/// <param name="SetLocal">Whether by <c>SET LOCAL</c> in a transaction block, which Citus passes on to its workers, rather than by <c>set_config</c>.</param>
/// <param name="Statement">How long a statement may run; zero for ever.</param>
/// <param name="Lock">How long a statement may wait for a lock; zero for ever.</param>
/// <param name="IdleInTransaction">How long a transaction may stand open with nothing to do; zero for ever.</param>
public sealed record WallOptions(bool SetLocal, TimeSpan Statement, TimeSpan Lock, TimeSpan IdleInTransaction);
