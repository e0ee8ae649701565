namespace Crm.Database;

public abstract partial class CrmDbContext
{
    /// <summary>The tenants that have decisions on leads which are to be looked at again, whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsToRoute(DateTimeOffset dueBy);
}
