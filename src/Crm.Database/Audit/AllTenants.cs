using Crm.Database.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Database.Audit;

/// <summary>The ids of all tenants, for those who run the service: asked as the owner of the tables, as nobody else sees more than one.</summary>
public sealed class AllTenants(IServiceScopeFactory scopes)
{
    /// <summary>Also those of which a chain is all that is left.</summary>
    public async Task<IReadOnlyList<Guid>> IdsAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CrmDbContext>();
        if (db is PostgresCrmDbContext postgres) postgres.AsOwner = true;
        return await db.Database.SqlQuery<Guid>($"SELECT tenant_id AS \"Value\" FROM tenants UNION SELECT tenant_id FROM seal_heads ORDER BY 1").ToListAsync(ct);
    }
}
