using System.Linq.Expressions;
using Crm.Services.Lists;

namespace Crm.Services.Analytics;

/// <summary>Puts rows into numbered ranges within a query, by as few comparisons as a search by halves takes.</summary>
internal static class Buckets
{
    /// <summary>A projection that also gets the number of the range that a row's key is in: 0 before the first bound, 1 from it on, and so on.</summary>
    /// <param name="key">The row's key.</param>
    /// <param name="bounds">Where one range ends and the next begins, in their order.</param>
    /// <param name="projection">What to make of a row and the number.</param>
    public static Expression<Func<T, TResult>> Into<T, TKey, TResult>(Expression<Func<T, TKey>> key, IReadOnlyList<TKey> bounds, Expression<Func<T, int, TResult>> projection)
    {
        var row = projection.Parameters[0];
        var value = new Predicates.Renamed(key.Parameters[0], row).Visit(key.Body);
        var body = new Predicates.Renamed(projection.Parameters[1], Search(value, bounds, 0, bounds.Count)).Visit(projection.Body);
        return Expression.Lambda<Func<T, TResult>>(body, row);
    }

    private static Expression Search<TKey>(Expression value, IReadOnlyList<TKey> bounds, int low, int high)
    {
        if (low == high) return Expression.Constant(low);
        var middle = (low + high) / 2;
        return Expression.Condition(Expression.LessThan(value, Parameters.Of(bounds[middle])), Search(value, bounds, low, middle), Search(value, bounds, middle + 1, high));
    }
}
