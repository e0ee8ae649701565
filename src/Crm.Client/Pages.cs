using System.Runtime.CompilerServices;
using Crm.Contracts.Lists;

namespace Crm.Client;

/// <summary>Lists that are walked to their end.</summary>
internal static class Pages
{
    /// <summary>Everything that matches, page after page by cursor: nothing twice, and nothing left out that is there throughout.</summary>
    public static async IAsyncEnumerable<TView> AllAsync<TView, TQuery>(TQuery query, Func<TQuery, CancellationToken, Task<Page<TView>>> list, [EnumeratorCancellation] CancellationToken ct) where TQuery : PageQuery
    {
        var next = query with { Total = TotalMode.None };
        while (true)
        {
            var page = await list(next, ct);
            foreach (var item in page.Items) yield return item;
            if (page.NextCursor is null) yield break;
            next = next with { Cursor = page.NextCursor, Skip = 0 };
        }
    }
}
