using System.Linq.Expressions;
using Crm.Contracts.Failures;

namespace Crm.Services.Lists;

/// <summary>
/// The keys that a list can be ordered by: columns that are never null, so that both databases agree on the order and an index has it.
/// </summary>
internal sealed class Sorting<T>
{
    private readonly Dictionary<string, LambdaExpression> keys = new(StringComparer.Ordinal);
    private readonly LambdaExpression tieBreaker;

    public Sorting(string list, Expression<Func<T, Guid>> tieBreaker) => (List, this.tieBreaker) = (list, tieBreaker);

    public Sorting(string list, Expression<Func<T, string>> tieBreaker) => (List, this.tieBreaker) = (list, tieBreaker);

    /// <summary>Which list it is that is ordered; a cursor of one is none of another.</summary>
    public string List { get; }

    public Sorting<T> By<TKey>(string name, Expression<Func<T, TKey>> key)
    {
        keys.Add(name, key);
        return this;
    }

    /// <summary>Reads <c>-createdAt,lastName</c>; the tie-breaker comes last, in the direction of the key before it.</summary>
    /// <exception cref="CrmException">400 for a key that the list can't be ordered by, or one given twice.</exception>
    public IReadOnlyList<Term> Parse(string sort) => Parse(sort, fault => CrmException.Invalid("sort", fault));

    /// <param name="sort">The order.</param>
    /// <param name="failure">What to throw where it is none of this list, as a fault of what named it.</param>
    public IReadOnlyList<Term> Parse(string sort, Func<string, CrmException> failure)
    {
        var terms = new List<Term>();
        foreach (var part in sort.Split(','))
        {
            var text = part.Trim();
            var descending = text.StartsWith('-');
            var name = descending ? text[1..] : text;
            if (!keys.TryGetValue(name, out var key)) throw failure($"must be made of {string.Join(", ", keys.Keys)}, each with or without a leading -");
            if (terms.Any(term => term.Name == name)) throw failure($"names {name} twice");
            terms.Add(new Term(name, key, descending));
        }

        terms.Add(new Term("id", tieBreaker, terms[^1].Descending));
        return terms;
    }

    internal sealed record Term(string Name, LambdaExpression Key, bool Descending);
}
