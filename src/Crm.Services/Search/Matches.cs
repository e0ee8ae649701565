using System.Linq.Expressions;
using Crm.Database.Records;
using Crm.Database.Search;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Search;

/// <summary>The records that a search finds, as a filter, and how good each is.</summary>
/// <param name="pattern">What is searched for.</param>
/// <param name="zone">Where in the records.</param>
/// <param name="ids">The records that the index knows; null where they are so many that reading on meets them soon.</param>
internal sealed class Matches<T>(SearchPattern pattern, SearchZone zone, IReadOnlyList<Guid>? ids) where T : class, ISearchable
{
    private static readonly ParameterExpression Row = Expression.Parameter(typeof(T), "row");

    public SearchPattern Pattern => pattern;

    public SearchZone Zone => zone;

    public bool AreFew => ids is not null;

    /// <summary>The records that the index knows; null where reading on meets them soon.</summary>
    public IReadOnlyList<Guid>? Ids => ids;

    /// <summary>How many ranks there are: called by the words that were typed, by longer ones, or with the words anywhere.</summary>
    public int Ranks => pattern.Groups.Count == 0 ? 1 : zone == SearchZone.Title ? 2 : 3;

    private Expression Found => Has(pattern, zone == SearchZone.Title ? nameof(ISearchable.SearchTitle) : nameof(ISearchable.SearchText));

    /// <summary>Whether a record is found.</summary>
    public Expression<Func<T, bool>> Filter => Lambda(ids is null ? Found : Expression.AndAlso(AmongIds(ids), Found));

    /// <summary>Whether the index knows a record, where it names what it knows; else whether the record is found.</summary>
    public Expression<Func<T, bool>> Known => ids is null ? Filter : Among(ids);

    /// <summary>Its rank among what is found, 1 for the best.</summary>
    public Expression<Func<T, int>> Rank => Expression.Lambda<Func<T, int>>(
        Expression.Condition(InRank(1), Expression.Constant(1), Expression.Condition(InRank(2), Expression.Constant(2), Expression.Constant(3))), Row);

    /// <summary>Whether a record that is found is of a rank, and of none before it.</summary>
    public Expression<Func<T, bool>> OfRank(int rank) => Lambda(rank == 1 ? InRank(1) : rank == 2 ? Expression.AndAlso(InRank(2), Expression.Not(InRank(1))) : Expression.Not(InRank(2)));

    /// <summary>Whether a record is among some.</summary>
    public static Expression<Func<T, bool>> Among(IReadOnlyList<Guid> ids) => Lambda(AmongIds(ids));

    private Expression InRank(int rank) => Has(rank == 1 ? pattern.Exact() : pattern, nameof(ISearchable.SearchTitle));

    private static MethodCallExpression AmongIds(IReadOnlyList<Guid> ids)
    {
        Expression<Func<T, bool>> among = row => EF.Parameter(ids).Contains(row.Id);
        var contains = (MethodCallExpression)among.Body;
        return Expression.Call(contains.Method, contains.Arguments[0], Expression.Property(Row, nameof(ISearchable.Id)));
    }

    private static Expression Has(SearchPattern pattern, string column)
    {
        // What is left out is left out wherever it stands.
        var text = Expression.Property(Row, column);
        var all = Expression.Property(Row, nameof(ISearchable.SearchText));
        var groups = pattern.Groups.Select(group => group.Select(term => Has(term, text)).Aggregate(Expression.OrElse));
        var excluded = pattern.Excluded.Select(term => (Expression)Expression.Not(Has(term, all)));
        return groups.Concat(excluded).DefaultIfEmpty(Expression.Constant(pattern.FindsAll)).Aggregate(Expression.AndAlso);
    }

    private static Expression Has(SearchTerm term, Expression text)
    {
        if (term.IsPhrase) return Contains(text, $" {string.Join(' ', term.Words)}{(term.IsPrefix ? "" : " ")}");
        return term.Words.Select((word, i) => (Expression)Contains(text, term.IsPrefix && i == term.Words.Count - 1 ? $" {word}" : $" {word} ")).Aggregate(Expression.AndAlso);
    }

    /// <summary>
    /// Whether a text has a part: by its place, and not by a pattern, of which PostgreSQL has a guess. The guess is too low for a word that many records have
    /// but few of its samples, and then it would read and order all of the tenant's records instead of reading on until the page is full.
    /// </summary>
    private static BinaryExpression Contains(Expression text, string part) => Expression.GreaterThanOrEqual(Expression.Call(text, nameof(string.IndexOf), null, Parameters.Of(part)), Expression.Constant(0));

    private static Expression<Func<T, bool>> Lambda(Expression body) => Expression.Lambda<Func<T, bool>>(body, Row);
}
