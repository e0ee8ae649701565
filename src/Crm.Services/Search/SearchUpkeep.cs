using Crm.Database;
using Crm.Database.Activities;
using Crm.Database.Audit;
using Crm.Database.Conversion;
using Crm.Database.Deals;
using Crm.Database.Leads;
using Crm.Database.Records;
using Crm.Database.Search;
using Crm.Database.Tasks;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Search;

/// <summary>Holds the index of words against the records that it is of, and makes it anew. Both may go on beside the service.</summary>
public sealed class SearchUpkeep(IServiceScopeFactory scopes, AllTenants tenants)
{
    private const int PageSize = 200;

    public Task<IReadOnlyList<Guid>> TenantsAsync(CancellationToken ct) => tenants.IdsAsync(ct);

    /// <summary>What of a tenant's index isn't as its records say, one line each; none for an index as it should be.</summary>
    public async Task<SearchReport> CheckAsync(Guid tenantId, CancellationToken ct)
    {
        await using var work = Enter(tenantId, "check", out var db);
        var report = new SearchReport();
        await CheckAsync<Lead>(db, SearchKind.Lead, report, ct);
        await CheckAsync<Deal>(db, SearchKind.Deal, report, ct);
        await CheckAsync<CrmTask>(db, SearchKind.Task, report, ct);
        await CheckAsync<Activity>(db, SearchKind.Activity, report, ct);
        await CheckAsync<Customer>(db, SearchKind.Customer, report, ct);
        return report;
    }

    /// <summary>Writes a tenant's index anew, record by record; what isn't written yet is found as before, but for typing errors and other forms of its words.</summary>
    /// <returns>How many records it is of.</returns>
    public async Task<int> RebuildAsync(Guid tenantId, CancellationToken ct)
    {
        await using var work = Enter(tenantId, "reindex", out var db);
        await db.InTransactionAsync(() => db.SearchWords.ExecuteDeleteAsync(ct), ct); // also those that no record has any more
        return await RebuildAsync(db, SearchKind.Lead, db.Leads.ForUpdate(), ct)
            + await RebuildAsync(db, SearchKind.Deal, db.Deals.ForUpdate(), ct)
            + await RebuildAsync(db, SearchKind.Task, db.Tasks.ForUpdate(), ct)
            + await RebuildAsync(db, SearchKind.Activity, db.Activities.ForUpdate(), ct)
            + await RebuildAsync(db, SearchKind.Customer, db.Customers.ForUpdate(), ct);
    }

    private static async Task CheckAsync<T>(CrmDbContext db, SearchKind kind, SearchReport report, CancellationToken ct) where T : class, ISearchable
    {
        for (var after = Guid.Empty; ;)
        {
            var (page, entries, words) = await db.ReadAsync(ReadPurpose.Rows, () => ReadAsync<T>(db, kind, after, ct), ct);
            if (page.Count == 0) break;
            after = page[^1].Id;
            foreach (var record in page)
            {
                report.Records++;
                var (title, text) = (record.SearchTitle, record.SearchText);
                record.RefreshSearch();
                if ((title, text) != (record.SearchTitle, record.SearchText)) report.Findings.Add($"outdated words: {kind} {record.Id} has those of an earlier version");
                switch (entries[record.Id].ToList())
                {
                    case []: report.Findings.Add($"missing entry: {kind} {record.Id} isn't in the index"); break;
                    case [var entry]: if ((entry.Title, entry.Text) != (title, text)) report.Findings.Add($"stale entry: {kind} {record.Id} has other words than the index"); break;
                    default: report.Findings.Add($"double entry: {kind} {record.Id} is in the index more than once"); break;
                }

                if (!words.IsSupersetOf(Learned(text))) report.Findings.Add($"missing words: {kind} {record.Id} isn't found by some of its words with a typing error");
            }
        }

        report.Findings.AddRange((await db.StraySearchEntriesAsync(kind, PageSize, ct)).Select(id => $"stray entry: there is no {kind} {id}, or it is deleted"));
    }

    /// <summary>Records and what the index has of them, at one moment.</summary>
    private static async Task<(List<T> Page, ILookup<Guid, SearchEntry> Entries, HashSet<string> Words)> ReadAsync<T>(CrmDbContext db, SearchKind kind, Guid after, CancellationToken ct) where T : class, ISearchable
    {
        var page = await PageAsync(db.Set<T>().AsNoTracking(), after, ct);
        var learned = page.SelectMany(record => Learned(record.SearchText)).Distinct(StringComparer.Ordinal).ToList();
        var words = await db.SearchWords.Where(w => learned.Contains(w.VariantKey) && w.VariantKey == w.WordKey).Select(w => w.WordKey).ToListAsync(ct);
        return (page, (await db.SearchEntriesAsync(kind, page.ConvertAll(record => record.Id), ct)).ToLookup(entry => entry.Id), words.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The words of a text that are forgiven an error for sure: further ones may have been too many that were new.</summary>
    private static IEnumerable<string> Learned(string text) => text.Split(" @ ")[0].Split(' ').Where(Typing.IsForgiven).Distinct(StringComparer.Ordinal).Take(SearchWord.MostNew);

    private static async Task<int> RebuildAsync<T>(CrmDbContext db, SearchKind kind, IQueryable<T> records, CancellationToken ct) where T : class, ISearchable
    {
        var (count, after) = (0, Guid.Empty);
        while (true)
        {
            var page = await db.InTransactionAsync(() => RewriteAsync(db, records, after, ct), ct);
            db.Forget();
            if (page.Count == 0) break;
            (count, after) = (count + page.Count, page[^1]);
        }

        while (await db.StraySearchEntriesAsync(kind, PageSize, ct) is { Count: > 0 } stray) await db.InTransactionAsync(async () => { await db.RemoveSearchEntriesAsync(kind, stray, ct); return 0; }, ct);
        return count;
    }

    /// <summary>As a change of the words writes the index, they are taken away and given back.</summary>
    private static async Task<List<Guid>> RewriteAsync<T>(CrmDbContext db, IQueryable<T> records, Guid after, CancellationToken ct) where T : class, ISearchable
    {
        if (typeof(T) == typeof(Deal)) await db.Stages.LoadAsync(ct); // which a deal is saved with; asked for with the deals they would be locked, too
        var page = await PageAsync(records, after, ct);
        var ids = page.ConvertAll(record => record.Id);
        await db.Set<T>().Where(Matches<T>.Among(ids)).ExecuteUpdateAsync(set => set.SetProperty(record => EF.Property<string>(record, nameof(ISearchable.SearchText)), " "), ct);
        foreach (var record in page)
        {
            record.RefreshSearch();
            db.Entry(record).Property(nameof(ISearchable.SearchTitle)).IsModified = true;
            db.Entry(record).Property(nameof(ISearchable.SearchText)).IsModified = true;
        }

        await db.SaveChangesAsync(ct);
        return ids;
    }

    private static Task<List<T>> PageAsync<T>(IQueryable<T> records, Guid after, CancellationToken ct) where T : class, ISearchable =>
        records.Where(record => record.Id > after).OrderBy(record => record.Id).Take(PageSize).ToListAsync(ct);

    private AsyncServiceScope Enter(Guid tenantId, string actor, out CrmDbContext db)
    {
        var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, actor);
        db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return work;
    }
}

/// <summary>How a tenant's index was found.</summary>
public sealed class SearchReport
{
    /// <summary>How many records there are to be found.</summary>
    public int Records { get; internal set; }

    /// <summary>What isn't as it should be, one line each.</summary>
    public List<string> Findings { get; } = [];
}
