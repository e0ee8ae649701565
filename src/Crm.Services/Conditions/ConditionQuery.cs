using System.Linq.Expressions;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Contracts.Json;
using Crm.Database.Records;
using Crm.Database.Text;
using Crm.Services.Lists;

namespace Crm.Services.Conditions;

/// <summary>
/// Asks the database what <see cref="Condition.Holds(JsonElement)"/> asks of an event, of each row alike. Every test is true or false and never unknown, also
/// where a member is empty, so that <c>not</c> means the same in SQL. Operands are always parameters.
/// </summary>
/// <typeparam name="T">What is listed.</typeparam>
internal sealed class ConditionQuery<T>
{
    /// <summary>More than any amount, and not too much for a number of ten-thousandths in 64 bits.</summary>
    private const decimal Beyond = 100_000_000_000_000m;

    private readonly ParameterExpression row;
    private readonly Dictionary<string, Expression> members;

    private ConditionQuery(ParameterExpression row, Dictionary<string, Expression> members) => (this.row, this.members) = (row, members);

    /// <summary>A query over the members of what a list shows, by the expressions that make them of a row.</summary>
    public static ConditionQuery<T> Of<TView>(Expression<Func<T, TView>> projection)
    {
        var shown = ((MemberInitExpression)projection.Body).Bindings.Cast<MemberAssignment>().ToDictionary(member => JsonNamingPolicy.CamelCase.ConvertName(member.Member.Name), member => member.Expression, StringComparer.Ordinal);
        return new ConditionQuery<T>(projection.Parameters[0], shown);
    }

    /// <summary>Another expression for a member: one that the database can compute. A <see cref="long"/> is an amount in ten-thousandths; a list of texts is a query of their <see cref="Tags.Key"/>.</summary>
    public ConditionQuery<T> With<TMember>(string name, Expression<Func<T, TMember>> member)
    {
        members[name] = new Predicates.Renamed(member.Parameters[0], row).Visit(member.Body);
        return this;
    }

    /// <summary>True of the rows that a condition holds of.</summary>
    public Expression<Func<T, bool>> Filter(Condition condition) => Expression.Lambda<Func<T, bool>>(Translate(condition), row);

    private Expression Translate(Condition condition) => condition switch
    {
        Condition.All all => all.Parts.Select(Translate).Aggregate(Expression.AndAlso),
        Condition.Any any => any.Parts.Select(Translate).Aggregate(Expression.OrElse),
        Condition.Not not => Expression.Not(Translate(not.Part)),
        Condition.Test test => Translate(test, members[test.Field]),
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    private static Expression Translate(Condition.Test test, Expression member) => test.Operator switch
    {
        ConditionOperator.IsEmpty => IsEmpty(member) is var isEmpty && (bool)test.Operands[0] ? isEmpty : Expression.Not(isEmpty),
        ConditionOperator.IsNot => Expression.Not(There(member, AnyOf(member, test.Operands))),
        ConditionOperator.Is or ConditionOperator.In => There(member, AnyOf(member, test.Operands)),
        ConditionOperator.GreaterThan => There(member, Expression.GreaterThan(member, Operand(member, test.Operands[0], decimal.Floor))),
        ConditionOperator.LessThan => There(member, Expression.LessThan(member, Operand(member, test.Operands[0], decimal.Ceiling))),
        ConditionOperator.Contains => Contains(member, (string)test.Operands[0]),
        _ => throw new InvalidOperationException($"A list can't be asked what {test.Operator} asks."),
    };

    private static Expression IsEmpty(Expression member)
    {
        if (IsList(member)) return Expression.Not(Expression.Call(typeof(Queryable), nameof(Queryable.Any), [typeof(string)], member));
        return CanBeEmpty(member) ? Expression.Equal(member, Expression.Constant(null, member.Type)) : Expression.Constant(false);
    }

    /// <summary>False where the member is empty: in SQL a test of nothing would be unknown, and so would be what is not that.</summary>
    private static Expression There(Expression member, Expression test) => CanBeEmpty(member) ? Expression.AndAlso(Expression.NotEqual(member, Expression.Constant(null, member.Type)), test) : test;

    private static Expression AnyOf(Expression member, IReadOnlyList<object> operands)
    {
        if (TypeOf(member) == typeof(bool)) return operands.Select(operand => (bool)operand ? member : Expression.Not(member)).Aggregate(Expression.OrElse);
        var values = operands.Where(operand => CanBe(member, operand)).Select(operand => Value(member, operand, decimal.Floor)).ToArray();
        if (values.Length == 0) return Expression.Constant(false);
        if (values.Length == 1) return Expression.Equal(member, Parameters.Of(values[0], member.Type));
        var list = Array.CreateInstance(member.Type, values.Length);
        Array.Copy(values, list, values.Length);
        return Expression.Call(typeof(Enumerable), nameof(Enumerable.Contains), [member.Type], Parameters.Of(list, list.GetType()), member);
    }

    private static Expression Contains(Expression member, string text)
    {
        if (!IsList(member)) return There(member, Expression.Call(typeof(Regex), nameof(Regex.IsMatch), null, member, Parameters.Of(CaseIgnored.Pattern(text))));
        var key = Expression.Parameter(typeof(string), "key");
        var isIt = Expression.Lambda<Func<string, bool>>(Expression.Equal(key, Parameters.Of(Tags.Key(text))), key);
        return Expression.Call(typeof(Queryable), nameof(Queryable.Any), [typeof(string)], member, Expression.Quote(isIt));
    }

    private static MemberExpression Operand(Expression member, object operand, Func<decimal, decimal> round) => Parameters.Of(Value(member, operand, round), member.Type);

    /// <summary>An operand as a value that the member may have: of a number one of the places and the size that it is kept with, to which what lies between is rounded.</summary>
    private static object Value(Expression member, object operand, Func<decimal, decimal> round)
    {
        var type = TypeOf(member);
        if (type.IsEnum) return typeof(EnumNames<>).MakeGenericType(type).GetMethod(nameof(EnumNames<>.Parse))!.Invoke(null, [operand])!;
        if (operand is not decimal number) return operand;
        if (type == typeof(int)) return (int)Math.Clamp(round(number), int.MinValue, int.MaxValue);
        var units = round(Math.Clamp(number, -Beyond, Beyond) * Money.UnitsOfOne);
        return type == typeof(long) ? (object)(long)units : units / Money.UnitsOfOne;
    }

    /// <summary>Whether the member may ever be the operand: not a number of more places, or larger, than it is kept with.</summary>
    private static bool CanBe(Expression member, object operand) => operand is not decimal number || number == Value(member, number, decimal.Floor) switch
    {
        int whole => whole,
        long units => Money.Amount(units),
        var amount => (decimal)amount,
    };

    private static Type TypeOf(Expression member) => Nullable.GetUnderlyingType(member.Type) ?? member.Type;

    private static bool CanBeEmpty(Expression member) => !member.Type.IsValueType || TypeOf(member) != member.Type;

    private static bool IsList(Expression member) => member.Type.IsAssignableTo(typeof(IQueryable<string>));
}
