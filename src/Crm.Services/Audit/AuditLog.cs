using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Audit;

/// <summary>
/// Writes into the audit of a tenant what happens outside its requests and of itself changes nothing, such as a sign-in that failed. What changes
/// something is written with the change instead, by <see cref="CrmDbContext.Audit"/>. Whoever calls this sees that strangers can't call it without bound.
/// </summary>
public sealed class AuditLog(IServiceScopeFactory scopes)
{
    /// <param name="tenantId">In whose audit it stands.</param>
    /// <param name="entry">What happened.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>Whether it was written; false for a tenant that there isn't.</returns>
    public async Task<bool> WriteAsync(Guid tenantId, AuditEntry entry, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        var scope = work.ServiceProvider.GetRequiredService<TenantScope>();
        scope.Enter(tenantId, entry.Actor);
        (scope.Credential, scope.Address) = (entry.Credential, entry.Address);
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        db.Audit(entry.Type, entry.Collection, entry.SubjectId, new Dictionary<string, FieldChange>(StringComparer.Ordinal));
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException e) when (Failures.Translate(e) is { Code: FailureCodes.UnknownReference })
        {
            return false;
        }
    }
}

/// <summary>Something for the audit that changed nothing.</summary>
/// <param name="Type">Such as <c>sign_in.failed</c>.</param>
/// <param name="Actor">Who it was, or said to be.</param>
/// <param name="Collection">Of what it tells.</param>
/// <param name="SubjectId">Of which.</param>
/// <param name="Address">From where.</param>
/// <param name="Credential">By what; never a secret.</param>
public sealed record AuditEntry(string Type, string Actor, string Collection, string SubjectId, string? Address, string? Credential);
