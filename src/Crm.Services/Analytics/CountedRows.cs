using System.Linq.Expressions;
using System.Text.Json;
using Crm.Contracts.Analytics;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>Pages of what a figure counts, in the order of the ids.</summary>
/// <param name="list">Which list it is; a cursor of one is none of another.</param>
/// <param name="asOf">The report's instant.</param>
internal sealed class CountedRows<TRow, TView>(string list, DateTimeOffset asOf, IQueryable<TRow> rows, Expression<Func<TRow, Guid>> id, Func<TRow, TView> view)
{
    /// <exception cref="Contracts.Failures.CrmException">400 for a cursor that this list didn't give.</exception>
    public async Task<CountedPage<TView>> PageAsync(CountedQuery query, CancellationToken ct)
    {
        var page = await (query.Cursor is { } cursor ? Ordered.Where(Behind(cursor)) : Ordered).Take(query.Take + 1).ToListAsync(ct);
        var more = page.Count > query.Take;
        if (more) page.RemoveAt(query.Take);
        return new CountedPage<TView>
        {
            AsOf = asOf,
            Items = page.ConvertAll(row => view(row)),
            Total = more || query.Cursor is not null ? await rows.CountAsync(ct) : page.Count,
            NextCursor = more ? Cursor.Write(list, "id", [id.Compile()(page[^1])]) : null,
        };
    }

    public IAsyncEnumerable<TView> All => Ordered.AsAsyncEnumerable().Select(view);

    private IQueryable<TRow> Ordered => rows.OrderBy(id);

    private Expression<Func<TRow, bool>> Behind(string cursor)
    {
        if (Cursor.Read(list, cursor) is not ("id", [JsonElement last])) throw Cursor.Malformed();
        var value = Parameters.Of((Guid)Cursor.Value(last, typeof(Guid)));
        return Expression.Lambda<Func<TRow, bool>>(Expression.GreaterThan(id.Body, value), id.Parameters);
    }
}
