using System.Collections.Concurrent;
using Crm.Contracts.Members;
using Crm.Database;
using Crm.Database.Members;
using Crm.Database.Pipelines;
using Crm.Database.Settings;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Members;

/// <summary>Provisions a tenant that is seen for the first time, and makes a user that is seen for the first time its member.</summary>
public sealed class AdmissionService(CrmDbContext db, Caller caller, KnownMembers known)
{
    /// <summary>Enters the tenant for the bearer of a token, and says as what: the token's role, else the member's.</summary>
    public async Task AdmitAsync(Identity identity, Guid tenantId, CancellationToken ct)
    {
        var role = identity.RoleFor(tenantId);
        caller.Enter(identity, tenantId, role ?? Role.Rep);
        if (role is not null && known.Has(tenantId, identity)) return;

        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var member = await MeetAsync(identity, introduce: attempt == 0, ct);
                caller.Enter(identity, tenantId, role ?? member.Role);
                known.Add(tenantId, identity);
                return;
            }
            catch (DbUpdateException e) when (attempt < 3 && Failures.IsConflict(e))
            {
                // Another request was first to see the tenant or the user; what it wrote is there now.
            }
            finally
            {
                db.Forget();
            }
        }
    }

    /// <param name="identity">Whom.</param>
    /// <param name="introduce">Whether to take over a name that is new; whoever was slower leaves that to the quicker one.</param>
    /// <param name="ct">Stops it.</param>
    private async Task<Member> MeetAsync(Identity identity, bool introduce, CancellationToken ct)
    {
        var stamp = db.Stamp();
        var member = await db.Members.SingleOrDefaultAsync(m => m.UserId == identity.UserId, ct);
        if (member is null)
        {
            if (!await db.Tenants.AnyAsync(ct))
            {
                db.Add(new Tenant(stamp.TenantId, stamp.At));
                db.Add(Pipeline.Default(stamp.TenantId, stamp.At));
            }

            member = new Member(identity.Name, identity.Email, stamp);
            db.Add(member);
        }
        else if (introduce)
        {
            member.Meet(identity.Name, identity.Email, stamp.At);
        }

        await db.SaveChangesAsync(ct);
        return member;
    }
}

/// <summary>Who has been admitted by this process, so that a request need not ask. Forgetting costs a question, nothing else.</summary>
public sealed class KnownMembers
{
    private const int Capacity = 100_000;

    private readonly ConcurrentDictionary<(Guid TenantId, string UserId), (string? Name, string? Email)> members = new();

    internal bool Has(Guid tenantId, Identity identity) =>
        members.TryGetValue((tenantId, identity.UserId), out var known)
        && (identity.Name is null || identity.Name == known.Name)
        && (identity.Email is null || identity.Email == known.Email);

    internal void Add(Guid tenantId, Identity identity)
    {
        if (members.Count >= Capacity) members.Clear();
        members[(tenantId, identity.UserId)] = (identity.Name, identity.Email);
    }
}
