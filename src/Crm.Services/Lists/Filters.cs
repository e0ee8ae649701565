using System.Linq.Expressions;
using Crm.Contracts.Failures;
using Crm.Services.Tenancy;

namespace Crm.Services.Lists;

internal static class Filters
{
    /// <summary>Rows of the named members; <c>me</c> is the caller, <c>none</c> is nobody.</summary>
    public static IQueryable<T> OfMembers<T>(this IQueryable<T> rows, IReadOnlyList<string>? ids, Expression<Func<T, string?>> owner, Caller caller)
    {
        if (ids is null) return rows;
        var named = ids.Select(id => id == "none" ? null : id == "me" ? caller.UserId : id).ToList();
        var contains = Expression.Call(typeof(Enumerable), nameof(Enumerable.Contains), [typeof(string)], Parameters.Of(named), owner.Body);
        return rows.Where(Expression.Lambda<Func<T, bool>>(contains, owner.Parameters));
    }

    /// <summary>A range whose end lies before its beginning is a mistake that an empty list would hide.</summary>
    public static void Range<TValue>(string name, TValue? from, TValue? to) where TValue : struct, IComparable<TValue>
    {
        if (from is { } low && to is { } high && low.CompareTo(high) > 0) throw CrmException.Invalid($"{name}To", $"must not be before {name}From");
    }
}
