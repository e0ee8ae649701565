using Crm.Database;
using Crm.Database.Conversion;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Conversion;

/// <summary>
/// The registry that the service brings along for whoever has none, by the same contract: once for each key, one customer for a
/// reference and one for an e-mail address. It keeps its customers in the service's database, so that all instances have the same.
/// </summary>
public sealed class EmbeddedRegistry(IServiceScopeFactory scopes, TimeProvider clock) : IRegistry
{
    private const string Actor = "registry";

    public bool IsAway => false;

    public Task<bool> AnswersAsync(CancellationToken ct) => Task.FromResult(true);

    public async Task<RegistryAnswer> FindAsync(RegistryRequest request, CancellationToken ct)
    {
        await using var work = Enter(request.TenantId, out var db);
        return await db.Customers.Where(c => c.ExternalReference == request.Reference).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(ct) is { } id
            ? new RegistryAnswer.Customer($"{id}")
            : new RegistryAnswer.Nobody();
    }

    public async Task<RegistryAnswer> RegisterAsync(RegistryRequest request, CancellationToken ct)
    {
        while (true)
        {
            await using var work = Enter(request.TenantId, out var db);
            try
            {
                return new RegistryAnswer.Customer($"{await AddAsync(db, request, clock.GetUtcNow(), ct)}");
            }
            catch (DbUpdateException e) when (Failures.IsConflict(e))
            {
                // Another was quicker with the same person; the next look finds who that is.
            }
        }
    }

    /// <summary>Adds a customer, unless there is one with the request's key, its reference or its e-mail address; the customer's id.</summary>
    internal static async Task<Guid> AddAsync(CrmDbContext db, RegistryRequest request, DateTimeOffset now, CancellationToken ct)
    {
        var body = CustomerBody.Read(request.Body);
        var emailKey = body.Email?.ToLowerInvariant();
        var known = await db.Customers.AsNoTracking()
            .Where(c => c.IdempotencyKey == request.Key || c.ExternalReference == request.Reference || (emailKey != null && c.EmailKey == emailKey))
            .Select(c => new { c.Id, Rank = c.IdempotencyKey == request.Key ? 0 : c.ExternalReference == request.Reference ? 1 : 2 })
            .OrderBy(c => c.Rank).FirstOrDefaultAsync(ct);
        if (known is not null) return known.Id;
        var customer = new Customer
        {
            TenantId = request.TenantId,
            Id = Guid.CreateVersion7(now),
            LeadId = CustomerBody.LeadOf(request.Reference),
            IdempotencyKey = request.Key,
            ExternalReference = request.Reference,
            EmailKey = emailKey,
            FirstName = body.FirstName,
            LastName = body.LastName,
            Email = body.Email,
            Phone = body.Phone,
            JobTitle = body.JobTitle,
            CompanyName = body.Company?.Name,
            CompanyWebsite = body.Company?.Website,
            CompanyIndustry = body.Company?.Industry,
            CompanySize = body.Company?.Size,
            CreatedAt = now,
        };
        customer.RefreshSearch();
        db.Add(customer);
        await db.SaveChangesAsync(ct);
        return customer.Id;
    }

    private AsyncServiceScope Enter(Guid tenantId, out CrmDbContext db)
    {
        var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, Actor);
        db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return work;
    }
}
