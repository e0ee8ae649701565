using Crm.Database.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Database.Audit;

/// <summary>The ids of all tenants, for those who run the service: asked as the owner of the tables, as nobody else sees more than one.</summary>
public sealed class AllTenants(IServiceScopeFactory scopes)
{
    /// <summary>Whoever the policy isn't for would be shown no tenant, which looks like an empty database.</summary>
    private const string SeesAll = """
        SELECT NOT row_security_active('tenants') OR EXISTS (
            SELECT 1 FROM pg_policies, unnest(roles) AS role
            WHERE schemaname = current_schema() AND tablename = 'tenants' AND policyname = 'checker' AND pg_has_role(current_user, role, 'USAGE')) AS "Value"
        """;

    /// <summary>Also those of which a chain is all that is left.</summary>
    /// <exception cref="UnauthorizedAccessException">The login isn't the owner's.</exception>
    public async Task<IReadOnlyList<Guid>> IdsAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CrmDbContext>();
        if (db is PostgresCrmDbContext postgres)
        {
            postgres.AsOwner = true;
            if (!await postgres.Database.SqlQueryRaw<bool>(SeesAll).SingleAsync(ct)) throw new UnauthorizedAccessException("The login sees one tenant at a time.");
        }

        return await db.Database.SqlQuery<Guid>($"SELECT tenant_id AS \"Value\" FROM tenants UNION SELECT tenant_id FROM seal_heads ORDER BY 1").ToListAsync(ct);
    }
}
