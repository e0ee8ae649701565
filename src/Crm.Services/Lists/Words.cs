using System.Linq.Expressions;
using Crm.Database.Text;

namespace Crm.Services.Lists;

/// <summary>The words of a search: all must be found, the last as a prefix.</summary>
internal sealed class Words
{
    private readonly List<string> words;

    private Words(List<string> words) => this.words = words;

    /// <summary>The words of a search, or null where nothing is searched for.</summary>
    public static Words? Of(string? search) => string.IsNullOrWhiteSpace(search) ? null : new Words(Folding.Words(search));

    /// <summary>True of rows whose document, folded words with a space around each, has all the words. A search of signs only finds nothing.</summary>
    public Expression<Func<T, bool>> In<T>(Expression<Func<T, string>> document)
    {
        if (words.Count == 0) return _ => false;
        var found = words.Select((word, i) => i == words.Count - 1 ? $" {word}" : $" {word} ")
            .Select(text => (Expression)Expression.Call(document.Body, nameof(string.Contains), null, Parameters.Of(text)))
            .Aggregate(Expression.AndAlso);
        return Expression.Lambda<Func<T, bool>>(found, document.Parameters);
    }
}
