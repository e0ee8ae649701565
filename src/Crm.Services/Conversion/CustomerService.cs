using Crm.Contracts.Conversion;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Database;
using Crm.Database.Conversion;
using Crm.Database.Records;
using Crm.Database.Search;
using Crm.Services.Lists;
using Crm.Services.Search;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Conversion;

/// <summary>The customers of the registry that the service brings along. Whose sight is narrowed reads those that were made of a lead in sight.</summary>
public sealed class CustomerService(CrmDbContext db, Caller caller, SearchIndex search, RegistrySettings registry)
{
    private static readonly Sorting<Customer> Sorts = new Sorting<Customer>("customers", c => c.Id).By("createdAt", c => c.CreatedAt);

    /// <exception cref="CrmException">400 for a range whose end lies before its beginning, or a cursor that is none; 404 where a registry of its own keeps the customers.</exception>
    public async Task<Page<CustomerView>> ListAsync(CustomerQuery query, CancellationToken ct)
    {
        Filters.Range("created", query.CreatedFrom, query.CreatedTo);
        RefuseWhereKeptElsewhere();
        var customers = Matching(query);
        if (query.LeadId is { } leads) customers = await OfLeadsAsync(customers, leads, ct);
        return (await customers.ToPageAsync(query, Sorts, c => c, ct)).Select(CustomerViews.Of);
    }

    /// <summary>A customer of the tenant; null for none.</summary>
    /// <exception cref="CrmException">404 where a registry of its own keeps the customers.</exception>
    public async Task<CustomerView?> FindAsync(Guid id, CancellationToken ct)
    {
        RefuseWhereKeptElsewhere();
        return await InSight().SingleOrDefaultAsync(c => c.Id == id, ct) is { } customer ? CustomerViews.Of(customer) : null;
    }

    /// <summary>Whether the customers are kept here.</summary>
    internal bool AreKeptHere => registry.BaseUrl is null;

    /// <summary>What of the customers is found.</summary>
    internal async Task<List<RankedRow<CustomerView>>> BestAsync(SearchFilters filters, Matches<Customer> found, Relevance? after, int take, CancellationToken ct)
    {
        var customers = InSight().Where(found.Filter);
        if (filters.CreatedFrom is { } from) customers = customers.Where(c => c.CreatedAt >= from);
        if (filters.CreatedTo is { } to) customers = customers.Where(c => c.CreatedAt < to);
        var rows = await customers.BestAsync(search, SearchKind.Customer, found, c => c, after, take, ct);
        return rows.ConvertAll(row => new RankedRow<CustomerView>(CustomerViews.Of(row.View), row.At));
    }

    private IQueryable<Customer> Matching(CustomerQuery query)
    {
        var customers = InSight();
        if (query.Email is { } emails)
        {
            var keys = emails.Select(email => email.ToLowerInvariant()).ToList();
            customers = customers.Where(c => keys.Contains(c.EmailKey!));
        }

        if (query.ExternalReference is { } references) customers = customers.Where(c => references.Contains(c.ExternalReference));
        if (query.CreatedFrom is { } createdFrom) customers = customers.Where(c => c.CreatedAt >= createdFrom);
        if (query.CreatedTo is { } createdTo) customers = customers.Where(c => c.CreatedAt < createdTo);
        return customers;
    }

    private IQueryable<Customer> InSight()
    {
        var customers = db.Customers.AsNoTracking();
        return caller.Sight is null ? customers : customers.Where(c => db.Leads.Any(l => l.Id == c.LeadId));
    }

    /// <summary>Those made of the leads; of a lead out of sight nothing is found, as of one that never existed.</summary>
    private async Task<IQueryable<Customer>> OfLeadsAsync(IQueryable<Customer> customers, IReadOnlyList<Guid> leads, CancellationToken ct)
    {
        if (caller.Sight is not null) leads = await db.Leads.WithDeleted().Where(l => leads.Contains(l.Id)).Select(l => l.Id).ToListAsync(ct);
        var references = leads.Select(CustomerBody.ReferenceOf).ToList();
        return customers.Where(c => references.Contains(c.ExternalReference));
    }

    private void RefuseWhereKeptElsewhere()
    {
        if (AreKeptHere) return;
        throw new CrmException(FailureKind.NotFound, FailureCodes.NotFound, "No customers are kept here: they are in the registry that the setting Registry__BaseUrl names. Ask that registry for them, below /api/customers at its address.");
    }
}
