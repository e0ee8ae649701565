using Crm.Contracts.Search;

namespace Crm.Api.OpenApi;

internal static partial class ViewExamples
{
    private static SearchRange FirstName => new() { Start = 0, Length = Lead.FirstName!.Length };

    private static SearchPage SearchPage => new()
    {
        Items =
        [
            new SearchHit
            {
                Type = SearchType.Lead,
                Id = Lead.Id,
                Title = $"{Lead.FirstName} {Lead.LastName}",
                Highlights = [new SearchHighlight { Field = "firstName", Text = Lead.FirstName!, Start = 0, Ranges = [FirstName] }],
                Lead = Lead,
            },
        ],
        NextCursor = null,
    };

    private static Suggestions Suggestions => new()
    {
        Items = [new Suggestion { Type = SearchType.Lead, Id = Lead.Id, Title = $"{Lead.FirstName} {Lead.LastName}", Detail = Lead.CompanyName, Ranges = [FirstName] }],
    };
}
