using System.Linq.Expressions;
using Crm.Contracts.Failures;

namespace Crm.Services.Lists;

internal static class Missing
{
    /// <summary>No instant is never: later than all others.</summary>
    public static readonly DateTimeOffset Instant = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>No date is never: later than all others.</summary>
    public static readonly DateOnly Date = new(9999, 12, 31);

    /// <summary>No amount is less than nothing.</summary>
    public const decimal Amount = -1;
}

/// <summary>
/// The keys that a list can be ordered by. A key is never null: what may be missing stands in the expression for an instant that is
/// later, or an amount that is less, than any there can be, so that both databases agree on where it comes and an index serves it.
/// </summary>
internal sealed class Sorting<T>
{
    private readonly Dictionary<string, LambdaExpression> keys = new(StringComparer.Ordinal);
    private readonly LambdaExpression tieBreaker;

    public Sorting(Expression<Func<T, Guid>> tieBreaker) => this.tieBreaker = tieBreaker;

    public Sorting(Expression<Func<T, string>> tieBreaker) => this.tieBreaker = tieBreaker;

    public IEnumerable<string> Names => keys.Keys;

    public Sorting<T> By<TKey>(string name, Expression<Func<T, TKey>> key)
    {
        keys.Add(name, key);
        return this;
    }

    /// <param name="name">The key as a caller gives it.</param>
    /// <param name="key">A value that may be missing.</param>
    /// <param name="missing">What a missing one counts as. The indexes name the same value.</param>
    public Sorting<T> By<TKey>(string name, Expression<Func<T, TKey?>> key, TKey missing) where TKey : struct
    {
        var body = Expression.Coalesce(key.Body, Expression.Constant(missing, typeof(TKey)));
        return By(name, Expression.Lambda<Func<T, TKey>>(body, key.Parameters));
    }

    /// <summary>Reads <c>-createdAt,lastName</c>; the tie-breaker comes last, in the direction of the key before it.</summary>
    /// <exception cref="CrmException">400 for a key that the list can't be ordered by, or one given twice.</exception>
    public IReadOnlyList<Term> Parse(string sort)
    {
        var terms = new List<Term>();
        foreach (var part in sort.Split(','))
        {
            var text = part.Trim();
            var descending = text.StartsWith('-');
            var name = descending ? text[1..] : text;
            if (!keys.TryGetValue(name, out var key)) throw CrmException.Invalid("sort", $"must be made of {string.Join(", ", keys.Keys)}, each with or without a leading -");
            if (terms.Any(term => term.Name == name)) throw CrmException.Invalid("sort", $"names {name} twice");
            terms.Add(new Term(name, key, descending));
        }

        terms.Add(new Term("id", tieBreaker, terms[^1].Descending));
        return terms;
    }

    internal sealed record Term(string Name, LambdaExpression Key, bool Descending);
}
