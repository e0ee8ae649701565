using System.Linq.Expressions;

namespace Crm.Services.Lists;

internal static class Predicates
{
    public static Expression<Func<T, bool>> Or<T>(this Expression<Func<T, bool>> left, Expression<Func<T, bool>> right)
    {
        var body = new Renamed(right.Parameters[0], left.Parameters[0]).Visit(right.Body);
        return Expression.Lambda<Func<T, bool>>(Expression.OrElse(left.Body, body), left.Parameters);
    }

    /// <summary>Any of several, one at least, by halves: a database reads only so many within each other.</summary>
    public static Expression<Func<T, bool>> AnyOf<T>(this IReadOnlyList<Expression<Func<T, bool>>> predicates) =>
        predicates.Count == 1 ? predicates[0] : predicates.Take(predicates.Count / 2).ToList().AnyOf().Or(predicates.Skip(predicates.Count / 2).ToList().AnyOf());

    public static Expression<Func<T, bool>> Not<T>(this Expression<Func<T, bool>> predicate) =>
        Expression.Lambda<Func<T, bool>>(Expression.Not(predicate.Body), predicate.Parameters);

    /// <summary>An expression with another in the place of a parameter.</summary>
    internal sealed class Renamed(ParameterExpression from, Expression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
