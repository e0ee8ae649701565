using Crm.Database.Naming;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database.Records;

public static class Deleted
{
    /// <summary>The tenant's records, deleted ones too.</summary>
    public static IQueryable<T> WithDeleted<T>(this IQueryable<T> records) where T : Record => records.IgnoreQueryFilters([Conventions.LiveFilter]);
}
