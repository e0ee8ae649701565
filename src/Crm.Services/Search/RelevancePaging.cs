using System.Linq.Expressions;
using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Database.Records;
using Crm.Database.Search;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Search;

/// <summary>Where a record stands among what is found: by its rank, then the newest first.</summary>
internal sealed record Relevance(int Rank, Guid Id)
{
    /// <summary>Behind everything.</summary>
    public static readonly Relevance Last = new(int.MaxValue, Guid.Empty);
}

internal static class RelevancePaging
{
    /// <summary>The order by which the best comes first.</summary>
    public const string Sort = "relevance";

    /// <summary>A page of a list, which may be searched and may be ordered by relevance.</summary>
    /// <param name="matching">What matches, of what is searched for, too.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="sorting">By what it may be ordered besides.</param>
    /// <param name="projection">What is told of each.</param>
    /// <param name="index">The index.</param>
    /// <param name="kind">What is listed.</param>
    /// <param name="found">What is searched for; null for nothing.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="CrmException">400 for an order or a cursor that is none of the list's.</exception>
    public static async Task<Page<TView>> ToPageAsync<T, TView>(
        this IQueryable<T> matching, ListQuery query, Sorting<T> sorting, Expression<Func<T, TView>> projection, SearchIndex index, SearchKind kind, Matches<T>? found, CancellationToken ct) where T : class, ISearchable
    {
        var (sort, keys) = query.Cursor is null ? (query.Sort, null) : Cursor.Read(sorting.List, query.Cursor);
        if (query.Sort is { } asked && asked != Sort && asked.Split(',').Any(key => key.Trim().TrimStart('-') == Sort)) throw CrmException.Invalid("sort", "is relevance alone, the best first; nothing can be added to it or turned round");
        if (sort != Sort || (query.Sort is not null && query.Sort != Sort)) return await matching.ToPageAsync(query, sorting, projection, ct, CountAsync);
        if (found is null) throw CrmException.Invalid("sort", "can be relevance only with search: without words nothing is better than anything else");
        if (keys is not null && query.Skip > 0) throw CrmException.Invalid("skip", "can't be combined with cursor");

        var after = After(keys);
        if (query.Skip > 0) after = (await matching.BestAsync(index, kind, found, row => row.Id, null, query.Skip, ct)) is { } skipped && skipped.Count == query.Skip ? skipped[^1].At : Relevance.Last;
        var items = await matching.BestAsync(index, kind, found, projection, after, query.Take + 1, ct);
        var more = items.Count > query.Take;
        if (more) items.RemoveAt(query.Take);
        int? known = after is null && !more ? items.Count : null;
        var (total, isExact) = await CountAsync(known);
        return new Page<TView>
        {
            Items = items.ConvertAll(row => row.View),
            Total = total,
            TotalIsExact = isExact,
            Skip = query.Skip,
            Take = query.Take,
            NextCursor = more ? Cursor.Write(sorting.List, Sort, [items[^1].At.Rank, items[^1].At.Id]) : null,
        };

        // By the index, where it knows: reading on to the last of what is found would read everything. What it only expects is no number to tell.
        async Task<(int? Total, bool? IsExact)> CountAsync(int? known)
        {
            if (known is not null || query.Total != TotalMode.Capped || found is not { Pattern.Groups.Count: > 0 }) return await matching.CountAsync(query, sorting, known, ct);
            var ids = found.Ids ?? await index.CountableAsync(found.Pattern, kind, ct);
            if (ids is not null && !IsNarrowed(query) && index.KnowsAllOf(found.Pattern)) return (Math.Min(ids.Count, PageQuery.CountCap), ids.Count <= PageQuery.CountCap);
            if (!found.AreFew && ids is { Count: <= PageQuery.CountCap }) return await matching.Where(Matches<T>.Among(ids)).CountAsync(query, sorting, known, ct);
            return found.AreFew || IsNarrowed(query) ? await matching.CountAsync(query, sorting, known, ct) : await index.ReadOnAsync(() => matching.CountAsync(query, sorting, known, ct), ct);
        }
    }

    /// <summary>Whether a list is narrowed by anything but words.</summary>
    private static bool IsNarrowed(ListQuery query)
    {
        var everything = (ListQuery)Activator.CreateInstance(query.GetType())!;
        return everything != query with { Search = null, Skip = everything.Skip, Take = everything.Take, Cursor = null, Sort = null, Total = everything.Total };
    }

    /// <summary>The best of what matches, behind a place.</summary>
    public static async Task<List<RankedRow<TView>>> BestAsync<T, TView>(
        this IQueryable<T> matching, SearchIndex index, SearchKind kind, Matches<T> found, Expression<Func<T, TView>> projection, Relevance? after, int take, CancellationToken ct) where T : class, ISearchable
    {
        if (found.AreFew) return await matching.Where(Behind(found, after)).OrderBy(found.Rank).ThenByDescending(row => row.Id).Take(take).Select(WithRank(projection, found.Rank)).ToListAsync(ct);

        // Rank by rank, each in the order of an index: ordering all of them would read all of them.
        var rows = new List<RankedRow<TView>>();
        for (var rank = after?.Rank ?? 1; rank <= found.Ranks && rows.Count < take; rank++)
        {
            var here = matching.Where(found.OfRank(rank));
            if (rank < 3 && found.Pattern.Groups.Count > 0)
            {
                if (rank == 2 && !found.Pattern.IsWide) continue;
                var titled = rank == 2 && found.Zone == SearchZone.Title ? found.Ids : await index.TitledAsync(rank == 1 ? found.Pattern.Exact() : found.Pattern, kind, ct);
                if (titled is { Count: 0 }) continue;
                if (titled is not null) here = here.Where(Matches<T>.Among(titled));
            }

            if (after is { } place && place.Rank == rank) here = here.Where(Before<T>(place.Id));
            var rankOfAll = rank;
            rows.AddRange(await here.OrderByDescending(row => row.Id).Take(take - rows.Count).Select(WithRank(projection, (Expression<Func<T, int>>)(_ => rankOfAll))).ToListAsync(ct));
        }

        return rows;
    }

    /// <exception cref="CrmException">400 for keys that are none of this order.</exception>
    public static Relevance? After(JsonElement[]? keys)
    {
        if (keys is null) return null;
        if (keys.Length != 2) throw Cursor.Malformed();
        var (rank, id) = ((int)Cursor.Value(keys[0], typeof(int)), (Guid)Cursor.Value(keys[1], typeof(Guid)));
        return rank is >= 1 and <= 3 ? new Relevance(rank, id) : throw Cursor.Malformed();
    }

    private static Expression<Func<T, bool>> Behind<T>(Matches<T> found, Relevance? after) where T : class, ISearchable
    {
        if (after is not { } place) return _ => true;
        var rank = found.Rank;
        var worse = Expression.GreaterThan(rank.Body, Parameters.Of(place.Rank));
        var older = Before<T>(place.Id);
        var same = Expression.AndAlso(Expression.Equal(rank.Body, Parameters.Of(place.Rank)), new Predicates.Renamed(older.Parameters[0], rank.Parameters[0]).Visit(older.Body));
        return Expression.Lambda<Func<T, bool>>(Expression.OrElse(worse, same), rank.Parameters);
    }

    private static Expression<Func<T, bool>> Before<T>(Guid id) where T : class, ISearchable
    {
        var row = Expression.Parameter(typeof(T), "row");
        return Expression.Lambda<Func<T, bool>>(Expression.LessThan(Expression.Property(row, nameof(ISearchable.Id)), Parameters.Of(id)), row);
    }

    private static Expression<Func<T, RankedRow<TView>>> WithRank<T, TView>(Expression<Func<T, TView>> projection, Expression<Func<T, int>> rank) where T : class, ISearchable
    {
        var row = projection.Parameters[0];
        var at = Expression.New(typeof(Relevance).GetConstructors()[0], new Predicates.Renamed(rank.Parameters[0], row).Visit(rank.Body), Expression.Property(row, nameof(ISearchable.Id)));
        return Expression.Lambda<Func<T, RankedRow<TView>>>(Expression.New(typeof(RankedRow<TView>).GetConstructors()[0], projection.Body, at), row);
    }
}

/// <summary>A record that is found, and where it stands.</summary>
internal sealed record RankedRow<TView>(TView View, Relevance At);

internal static class SearchFiltering
{
    /// <summary>Those that were made when a search asks for.</summary>
    public static IQueryable<T> Created<T>(this IQueryable<T> records, SearchFilters filters) where T : Record
    {
        if (filters.CreatedFrom is { } from) records = records.Where(r => r.CreatedAt >= from);
        return filters.CreatedTo is { } to ? records.Where(r => r.CreatedAt < to) : records;
    }
}
