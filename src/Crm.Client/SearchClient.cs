using System.Runtime.CompilerServices;
using Crm.Contracts.Failures;
using Crm.Contracts.Search;

namespace Crm.Client;

/// <summary>Everything by its words.</summary>
public sealed class SearchClient
{
    private readonly Wire wire;

    internal SearchClient(Wire wire) => this.wire = wire;

    /// <summary>What is found, the best first.</summary>
    /// <exception cref="CrmException">400 for a search that can't be understood; its <c>position</c> is told.</exception>
    public Task<SearchPage> FindAsync(SearchQuery query, CancellationToken ct) => wire.SendAsync<SearchPage>(HttpMethod.Get, $"search{QueryString.Of(query)}", ct);

    /// <summary>Everything that is found, page after page.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async IAsyncEnumerable<SearchHit> FindAllAsync(SearchQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var page = await FindAsync(query, ct);
            foreach (var hit in page.Items) yield return hit;
            if (page.NextCursor is null) yield break;
            query = query with { Cursor = page.NextCursor };
        }
    }

    /// <summary>Records that are called by what is typed so far.</summary>
    public Task<Suggestions> SuggestAsync(SuggestQuery query, CancellationToken ct) => wire.SendAsync<Suggestions>(HttpMethod.Get, $"search/suggest{QueryString.Of(query)}", ct);
}
