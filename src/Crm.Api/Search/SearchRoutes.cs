using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Members;
using Crm.Contracts.Search;
using Crm.Services.Search;

namespace Crm.Api.Search;

internal static class SearchRoutes
{
    public static void MapSearch(this IEndpointRouteBuilder api)
    {
        var search = api.MapGroup("/search").WithTags("Search");
        search.MapGet("/", Search).WithName("Search").WithSummary("Search everything").RequireRole(Role.Viewer);
        search.MapGet("/suggest", Suggest).WithName("Suggest").WithSummary("Suggest records as one types").RequireRole(Role.Viewer);
    }

    /// <summary>Leads, deals, tasks, activities and customers that the caller sees, the best first. What was saved is found at once. A search with a fault is refused with 400 and its <c>position</c>, counted from 1.</summary>
    private static async Task<Found<SearchPage>> Search(QueryOf<SearchQuery> query, SearchService search, CancellationToken ct) =>
        Answers.Found(await search.SearchAsync(query.Value, ct));

    /// <summary>Records that are called by what is typed so far, the best first, in an order as of a search; signs that mean something in a search are only signs here.</summary>
    private static async Task<Found<Suggestions>> Suggest(QueryOf<SuggestQuery> query, SearchService search, CancellationToken ct) =>
        Answers.Found(await search.SuggestAsync(query.Value, ct));
}
