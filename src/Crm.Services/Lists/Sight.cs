using System.Linq.Expressions;
using Crm.Database;
using Crm.Database.Deals;
using Crm.Database.Leads;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Lists;

/// <summary>
/// Of a caller who sees little of a large tenant. The filter on what is seen is an OR, by which no index has the list's order; and what
/// a database knows of its tables is an average of all tenants, so that it would read a whole tenant in the hope of meeting soon what is
/// seldom there. Where few records are seen they are looked up first, by the index of their owners, and named.
/// </summary>
internal static class Sight
{
    private const int Few = 2_000;

    /// <summary>Those of some leads that a caller sees, by name where these are few.</summary>
    public static async Task<IQueryable<Lead>> SeenAsync(this IQueryable<Lead> leads, CrmDbContext db, IReadOnlyList<string>? users, CancellationToken ct) =>
        await db.Leads.FewIdsAsync(users, l => l.OwnerId, l => l.OwnerId == null, l => users!.Contains(l.OwnerId), ct) is { } ids ? leads.Where(l => EF.Parameter(ids).Contains(l.Id)) : leads;

    /// <summary>Those of some deals that a caller sees, by name where these are few.</summary>
    public static async Task<IQueryable<Deal>> SeenAsync(this IQueryable<Deal> deals, CrmDbContext db, IReadOnlyList<string>? users, CancellationToken ct) =>
        await db.Deals.FewIdsAsync(users, d => d.OwnerId, d => d.OwnerId == null, d => users!.Contains(d.OwnerId), ct) is { } ids ? deals.Where(d => EF.Parameter(ids).Contains(d.Id)) : deals;

    /// <summary>The ids of what is seen; null where that is everything, or so much that a list meets it soon.</summary>
    /// <param name="records">All that there are.</param>
    /// <param name="users">Whose records are seen; null for all.</param>
    /// <param name="owner">Whose a record is.</param>
    /// <param name="isNobodys">Whether it is nobody's.</param>
    /// <param name="isTheirs">Whether it is one of the users'.</param>
    /// <param name="ct">Stops the question.</param>
    private static async Task<List<Guid>?> FewIdsAsync<T>(
        this IQueryable<T> records, IReadOnlyList<string>? users, Expression<Func<T, string?>> owner, Expression<Func<T, bool>> isNobodys, Expression<Func<T, bool>> isTheirs, CancellationToken ct) where T : Record
    {
        if (users is null) return null;
        // In the index's own order, so that there is no other way to them.
        var ids = await records.Where(isNobodys).OrderBy(owner).ThenBy(r => r.CreatedAt).ThenBy(r => r.Id).Select(r => r.Id).Take(Few + 1).ToListAsync(ct);
        if (ids.Count <= Few) ids.AddRange(await records.Where(isTheirs).OrderBy(owner).ThenBy(r => r.CreatedAt).ThenBy(r => r.Id).Select(r => r.Id).Take(Few + 1).ToListAsync(ct));
        return ids.Count <= Few ? ids : null;
    }
}
