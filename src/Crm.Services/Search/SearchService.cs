using System.Security.Cryptography;
using System.Text;
using Crm.Contracts.Activities;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Search;
using Crm.Contracts.Tasks;
using Crm.Database;
using Crm.Database.Activities;
using Crm.Database.Conversion;
using Crm.Database.Deals;
using Crm.Database.Leads;
using Crm.Database.Search;
using Crm.Database.Tasks;
using Crm.Services.Activities;
using Crm.Services.Analytics;
using Crm.Services.Conversion;
using Crm.Services.Deals;
using Crm.Services.Leads;
using Crm.Services.Lists;
using Crm.Services.Tasks;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Search;

/// <summary>Finds records of all kinds by their words, through the eyes of the caller.</summary>
public sealed class SearchService(
    CrmDbContext db, Caller caller, SearchIndex index, LeadService leads, DealService deals, TaskService tasks, ActivityService activities, CustomerService customers)
{
    private const string List = "search";

    /// <summary>What a cursor has behind the search where typing errors were forgiven, so that the next page forgives them, too.</summary>
    private const string Forgiven = "~";

    /// <summary>What is found, the best first: by rank, then the newest first; see <see cref="SearchPage"/>.</summary>
    /// <exception cref="CrmException">400 for a search that can't be understood, with its <c>position</c>, and for a cursor that belongs to another search.</exception>
    public async Task<SearchPage> SearchAsync(SearchQuery query, CancellationToken ct)
    {
        var parsed = SearchParser.Parse(query.Q ?? "", "q", Grammar.Everything);
        var filters = SearchFilters.Of(parsed.Qualifiers, query.Types, await CalendarAsync(parsed, ct));
        var same = Fingerprint(query);
        Relevance? after = null;
        var forgives = false;
        if (query.Cursor is not null)
        {
            var (of, keys) = Cursor.Read(List, query.Cursor);
            forgives = of == same + Forgiven;
            if (of != same && !forgives) throw CrmException.Invalid("cursor", "belongs to another search; begin again without it");
            after = RelevancePaging.After(keys);
        }

        var pattern = parsed.Pattern with { FindsAll = query.Q is null || parsed.Qualifiers.Count > 0 };
        var found = await index.FindAsync(pattern, KindsOf(filters), SearchZone.All, forgives, ct);
        var rows = await BestAsync(filters, found, after, query.Take + 1, ct);
        var page = rows.Take(query.Take).ToList();
        return new SearchPage
        {
            Items = page.ConvertAll(row => row.View()),
            NextCursor = rows.Count > query.Take ? Cursor.Write(List, forgives || found.IsForgiven ? same + Forgiven : same, [page[^1].At.Rank, page[^1].At.Id]) : null,
        };
    }

    /// <summary>Records that are called by what is typed so far; typing errors are forgiven where nothing is. Before anything is typed the newest records.</summary>
    public async Task<Suggestions> SuggestAsync(SuggestQuery query, CancellationToken ct)
    {
        var pattern = SearchParser.Parse(query.Q ?? "", "q", Grammar.Words).Pattern with { FindsAll = query.Q is null };
        var filters = SearchFilters.Of([], query.Types, new Calendar(TimeZoneInfo.Utc));
        var found = await index.FindAsync(pattern, KindsOf(filters), SearchZone.Title, forgives: false, ct);
        var highlighter = new Highlighter(found.Pattern);
        return new Suggestions { Items = (await BestAsync(filters, found, null, query.Take, ct)).ConvertAll(row => Suggest(row.View(), highlighter)) };
    }

    private static Suggestion Suggest(SearchHit hit, Highlighter highlighter) => new()
    {
        Type = hit.Type,
        Id = hit.Id,
        Title = hit.Title,
        Detail = hit switch
        {
            { Lead: { } lead } => lead.CompanyName,
            { Deal: { } deal } => deal.Stage,
            { Task: { } task } => EnumNames<TaskType>.Of(task.Type),
            { Activity: { } activity } => EnumNames<ActivityType>.Of(activity.Type),
            _ => hit.Customer?.Company?.Name,
        },
        Ranges = highlighter.RangesIn(hit.Title),
    };

    /// <summary>Those that there are here, and that the caller's key may reach.</summary>
    private List<SearchKind> KindsOf(SearchFilters filters) =>
        [.. filters.Kinds.Where(kind => (kind != SearchKind.Customer || customers.AreKeptHere) && (caller.Key?.Resources is not { } reached || reached.Contains(SearchFilters.Plural(kind))))];

    /// <summary>The best of each kind, and of these the best.</summary>
    private async Task<List<RankedRow<Func<SearchHit>>>> BestAsync(SearchFilters filters, FoundKinds found, Relevance? after, int take, CancellationToken ct)
    {
        var rows = new List<RankedRow<Func<SearchHit>>>();
        var hits = new SearchHits(new Highlighter(found.Pattern));
        foreach (var kind in KindsOf(filters).Where(found.Has))
        {
            rows.AddRange(kind switch
            {
                SearchKind.Lead => Hits(await leads.BestAsync(filters.Leads, filters, found.Of<Lead>(kind), after, take, ct), hits.Of),
                SearchKind.Deal => Hits(await deals.BestAsync(filters.Deals, filters, found.Of<Deal>(kind), after, take, ct), hits.Of),
                SearchKind.Task => Hits(await tasks.BestAsync(filters.Tasks, filters, found.Of<CrmTask>(kind), after, take, ct), hits.Of),
                SearchKind.Activity => Hits(await activities.BestAsync(filters.Activities, filters, found.Of<Activity>(kind), after, take, ct), hits.Of),
                _ => Hits(await customers.BestAsync(filters, found.Of<Customer>(kind), after, take, ct), hits.Of),
            });
        }

        return [.. rows.OrderBy(row => row.At.Rank).ThenByDescending(row => row.At.Id).Take(take)];
    }

    /// <summary>Made only of those that are shown.</summary>
    private static IEnumerable<RankedRow<Func<SearchHit>>> Hits<TView>(List<RankedRow<TView>> rows, Func<TView, SearchHit> hit) => rows.Select(row => new RankedRow<Func<SearchHit>>(() => hit(row.View), row.At));

    private async Task<Calendar> CalendarAsync(ParsedSearch parsed, CancellationToken ct) => new(parsed.Qualifiers.Any(q => q.Name is "created" or "due")
        ? TimeZoneInfo.FindSystemTimeZoneById(await db.Tenants.AsNoTracking().Select(t => t.TimeZone).SingleAsync(ct))
        : TimeZoneInfo.Utc);

    /// <summary>By which a cursor knows its search.</summary>
    private static string Fingerprint(SearchQuery query) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{string.Join(',', (query.Types ?? []).Order())} {query.Q}")).AsSpan(0, 8));
}
