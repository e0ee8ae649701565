namespace Crm.Database;

public abstract partial class CrmDbContext
{
    /// <summary>The tenants that have alarms which are due, by the database's clock and whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsWithAlarms();
}
