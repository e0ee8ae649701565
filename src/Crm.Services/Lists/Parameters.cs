using System.Linq.Expressions;

namespace Crm.Services.Lists;

/// <summary>Values for expressions that are put together here.</summary>
internal static class Parameters
{
    /// <summary>The value as a member of an object, so that EF Core sends it as a parameter: as a constant it would make a new query, and a new plan, of each request.</summary>
    public static MemberExpression Of<T>(T value) => Expression.Field(Expression.Constant(new Holder<T>(value)), nameof(Holder<T>.Value));

    /// <inheritdoc cref="Of{T}"/>
    /// <param name="value">The value.</param>
    /// <param name="type">Its type, where that isn't known before.</param>
    public static MemberExpression Of(object value, Type type) =>
        Expression.Field(Expression.Constant(Activator.CreateInstance(typeof(Holder<>).MakeGenericType(type), value)), nameof(Holder<>.Value));

    private sealed class Holder<T>(T value)
    {
        public readonly T Value = value;
    }
}
