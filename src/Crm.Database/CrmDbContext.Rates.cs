using Crm.Database.Settings;

namespace Crm.Database;

public abstract partial class CrmDbContext
{
    /// <summary>Rates as a table to join with, which is there for one query.</summary>
    public abstract IQueryable<DayRate> TableOf(IReadOnlyList<DayRate> rates);
}
