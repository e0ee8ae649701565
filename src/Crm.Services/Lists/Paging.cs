using System.Linq.Expressions;
using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Database.Queries;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Lists;

/// <summary>Turns the records that match into a page, by offset near the beginning and by keys at any depth.</summary>
internal static class Paging
{
    /// <param name="matching">What matches.</param>
    /// <param name="query">Which page.</param>
    /// <param name="sorting">The orders of the list.</param>
    /// <param name="projection">What is told of each.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="count">Counts what matches, given how many where that is known already; null for by reading it.</param>
    public static async Task<Page<TView>> ToPageAsync<T, TView>(
        this IQueryable<T> matching, PageQuery query, Sorting<T> sorting, Expression<Func<T, TView>> projection, CancellationToken ct, Func<int?, Task<(int? Total, bool? IsExact)>>? count = null) where T : class
    {
        var sort = query.Sort ?? DefaultOf(query);
        JsonElement[]? after = null;
        if (query.Cursor is not null)
        {
            if (query.Skip > 0) throw CrmException.Invalid("skip", "can't be combined with cursor");
            (var sortOfCursor, after) = Cursor.Read(sorting.List, query.Cursor);
            if (query.Sort is not null && query.Sort != sortOfCursor) throw CrmException.Invalid("sort", "differs from the order that the cursor was made in");
            sort = sortOfCursor;
        }

        var terms = after is null ? sorting.Parse(sort) : sorting.Parse(sort, _ => Cursor.Malformed());
        var page = Order(after is null ? matching : matching.Where(After(terms, after)), terms);
        var rows = await page.Skip(query.Skip).Take(query.Take + 1).Select(WithKeys(projection, terms)).ToListAsync(ct);
        var more = rows.Count > query.Take;
        if (more) rows.RemoveAt(query.Take);

        var isFirst = query.Skip == 0 && after is null;
        int? known = isFirst && !more ? rows.Count : null;
        var (total, isExact) = count is null ? await matching.CountAsync(query, sorting, known, ct) : await count(known);
        return new Page<TView>
        {
            Items = rows.ConvertAll(row => row.View),
            Total = total,
            TotalIsExact = isExact,
            Skip = query.Skip,
            Take = query.Take,
            NextCursor = more ? Cursor.Write(sorting.List, sort, rows[^1].Keys) : null,
        };
    }

    /// <summary>The page with something else in the place of each item.</summary>
    public static Page<TView> Select<T, TView>(this Page<T> page, Func<T, TView> view) => new()
    {
        Items = [.. page.Items.Select(view)],
        Total = page.Total,
        TotalIsExact = page.TotalIsExact,
        Skip = page.Skip,
        Take = page.Take,
        NextCursor = page.NextCursor,
    };

    private static string DefaultOf(PageQuery query) =>
        ((SortableAttribute)Attribute.GetCustomAttribute(query.GetType(), typeof(SortableAttribute))!).Default;

    /// <summary>How many match, as far as the query asks.</summary>
    /// <param name="matching">What matches.</param>
    /// <param name="query">How far to count.</param>
    /// <param name="sorting">The orders of the list.</param>
    /// <param name="known">How many, where that is known already.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<(int? Total, bool? IsExact)> CountAsync<T>(this IQueryable<T> matching, PageQuery query, Sorting<T> sorting, int? known, CancellationToken ct)
    {
        if (query.Total == TotalMode.None) return (null, null);
        if (known is not null) return (known, true);
        if (query.Total == TotalMode.Exact) return (await matching.CountAsync(ct), true);

        // In an order that an index has: left free, PostgreSQL reads the table from its beginning, hoping to meet enough of the
        // tenant's rows soon.
        var counted = await Order(matching, sorting.Parse(DefaultOf(query))).Take(PageQuery.CountCap + 1).CountAsync(ct);
        return counted > PageQuery.CountCap ? (PageQuery.CountCap, false) : (counted, true);
    }

    private static IQueryable<T> Order<T>(IQueryable<T> rows, IReadOnlyList<Sorting<T>.Term> terms)
    {
        var expression = rows.Expression;
        for (var i = 0; i < terms.Count; i++)
        {
            var method = (i == 0 ? nameof(Queryable.OrderBy) : nameof(Queryable.ThenBy)) + (terms[i].Descending ? "Descending" : "");
            expression = Expression.Call(typeof(Queryable), method, [typeof(T), terms[i].Key.ReturnType], expression, Expression.Quote(terms[i].Key));
        }

        return rows.Provider.CreateQuery<T>(expression);
    }

    /// <summary>
    /// Rows behind the keys: as one comparison of row values, which an index answers with one search. Keys in mixed directions have
    /// no such form; then the first bounds the range that an index is read from, and the others decide among its equals.
    /// </summary>
    private static Expression<Func<T, bool>> After<T>(IReadOnlyList<Sorting<T>.Term> terms, JsonElement[] after)
    {
        if (after.Length != terms.Count) throw Cursor.Malformed();
        var row = Expression.Parameter(typeof(T), "row");
        var keys = terms.Select(term => Replace(term.Key, row)).ToList();
        var values = terms.Select((term, i) => Parameters.Of(Cursor.Value(after[i], term.Key.ReturnType), term.Key.ReturnType)).ToList();

        if (terms.Count <= RowValues.MaxColumns && terms.All(term => term.Descending == terms[0].Descending))
        {
            var method = terms[0].Descending ? nameof(RowValues.Less) : nameof(RowValues.Greater);
            var comparison = Expression.Call(typeof(RowValues), method, [.. keys.Select(key => key.Type)], [.. keys, .. values]);
            return Expression.Lambda<Func<T, bool>>(comparison, row);
        }

        var last = terms.Count - 1;
        var behind = Compare(keys[last], values[last], terms[last].Descending, orEqual: false);
        for (var i = last - 1; i >= 0; i--)
        {
            behind = Expression.OrElse(
                Compare(keys[i], values[i], terms[i].Descending, orEqual: false),
                Expression.AndAlso(Expression.Equal(keys[i], values[i]), behind));
        }

        var bounded = Expression.AndAlso(Compare(keys[0], values[0], terms[0].Descending, orEqual: true), behind);
        return Expression.Lambda<Func<T, bool>>(bounded, row);
    }

    private static BinaryExpression Compare(Expression key, Expression value, bool descending, bool orEqual)
    {
        if (key.Type == typeof(string))
        {
            key = Expression.Call(typeof(string), nameof(string.Compare), null, key, value);
            value = Expression.Constant(0);
        }

        return (descending, orEqual) switch
        {
            (false, false) => Expression.GreaterThan(key, value),
            (false, true) => Expression.GreaterThanOrEqual(key, value),
            (true, false) => Expression.LessThan(key, value),
            (true, true) => Expression.LessThanOrEqual(key, value),
        };
    }

    private static Expression<Func<T, Row<TView>>> WithKeys<T, TView>(Expression<Func<T, TView>> projection, IReadOnlyList<Sorting<T>.Term> terms)
    {
        var row = projection.Parameters[0];
        var keys = terms.Select(term => Expression.Convert(Replace(term.Key, row), typeof(object)));
        var body = Expression.New(
            typeof(Row<TView>).GetConstructors()[0], projection.Body, Expression.NewArrayInit(typeof(object), keys));
        return Expression.Lambda<Func<T, Row<TView>>>(body, row);
    }

    private static Expression Replace(LambdaExpression lambda, ParameterExpression row) => new Predicates.Renamed(lambda.Parameters[0], row).Visit(lambda.Body);

    private sealed record Row<TView>(TView View, object[] Keys);
}
