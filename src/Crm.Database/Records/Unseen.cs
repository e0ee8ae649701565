using Crm.Database.Naming;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database.Records;

public static class Unseen
{
    /// <summary>The tenant's records, those out of the caller's sight too: for what must hold whoever asks, never for an answer.</summary>
    public static IQueryable<T> WithUnseen<T>(this IQueryable<T> records) where T : Record => records.IgnoreQueryFilters([Conventions.VisibleFilter]);
}
