using Crm.Contracts.Failures;
using Crm.Contracts.Members;
using Crm.Contracts.Settings;
using Crm.Database;
using Crm.Database.Members;
using Crm.Database.Pipelines;
using Crm.Database.Settings;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Members;

/// <summary>
/// Lets a caller in as what counts now: asked anew for every request, so that a role taken away, a member deactivated or a visibility
/// narrowed on one machine counts at the next request on all. Whoever is seen for the first time becomes a member, a tenant is provisioned.
/// </summary>
public sealed class AdmissionService(CrmDbContext db, Caller caller)
{
    private const string Question = "who asks";

    /// <summary>Enters the tenant for the bearer of a token, as what the token says, else as what the member is.</summary>
    /// <exception cref="CrmException">403 for a member who is deactivated.</exception>
    public async Task AdmitAsync(Identity identity, Guid tenantId, CancellationToken ct)
    {
        var role = identity.RoleFor(tenantId);
        caller.Enter(identity, tenantId, role ?? Role.Rep);
        var member = await StandingAsync(identity.UserId, ct);
        if (member is null || (member.Active && member.Lacks(identity))) member = await IntroduceAsync(identity, ct);
        if (!member.Active) throw new CrmException(FailureKind.Forbidden, FailureCodes.MemberInactive, "You are deactivated in this tenant. An admin of it can activate you again.");

        caller.Enter(identity, tenantId, role ?? member.Role);
        if (await SightAsync(db, identity.UserId, caller.Role, member.Visibility, ct) is { } sight) caller.Narrow(sight);
    }

    /// <summary>Enters the tenant in the name of a member who isn't there, as what the member is now.</summary>
    /// <returns>False for who is no active member; then nothing may be done in the name.</returns>
    public async Task<bool> StandInAsync(Guid tenantId, string userId, CancellationToken ct)
    {
        var identity = new Identity(userId, null, null, [tenantId], new Dictionary<Guid, Role>()) { Credential = "schedule" };
        caller.Enter(identity, tenantId, Role.Viewer);
        if (await StandingAsync(userId, ct) is not { Active: true } member) return false;
        caller.Enter(identity with { Name = member.Name }, tenantId, member.Role);
        if (await SightAsync(db, userId, member.Role, member.Visibility, ct) is { } sight) caller.Narrow(sight);
        return true;
    }

    /// <summary>The one question that every request asks.</summary>
    private Task<Standing?> StandingAsync(string userId, CancellationToken ct) =>
        db.Members.AsNoTracking().TagWith(Question).Where(m => m.UserId == userId)
            .Select(m => new Standing(m.Role, m.Name, m.Email, m.Active, db.Tenants.Select(t => t.Visibility).First())).SingleOrDefaultAsync(ct);

    /// <summary>Whose records somebody sees, besides those that nobody owns; null for all. A rep sees with TEAM those of everybody who is in a team with the rep.</summary>
    internal static async Task<IReadOnlyList<string>?> SightAsync(CrmDbContext db, string userId, Role role, Visibility visibility, CancellationToken ct)
    {
        if (role != Role.Rep || visibility == Visibility.All) return null;
        if (visibility == Visibility.Own) return [userId];
        var mine = db.TeamMembers.Where(m => m.UserId == userId).Select(m => m.TeamId);
        var mates = await db.TeamMembers.TagWith(Question).Where(m => mine.Contains(m.TeamId) && m.UserId != userId).Select(m => m.UserId).Distinct().ToListAsync(ct);
        return [userId, .. mates];
    }

    private async Task<Standing> IntroduceAsync(Identity identity, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var member = await MeetAsync(identity, introduce: attempt == 0, ct);
                var visibility = await db.Tenants.Select(t => t.Visibility).FirstAsync(ct);
                return new Standing(member.Role, member.Name, member.Email, member.Active, visibility);
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
                db.Add(Pipeline.Default(stamp));
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

    /// <summary>As what the database knows the caller.</summary>
    private sealed record Standing(Role Role, string? Name, string? Email, bool Active, Visibility Visibility)
    {
        /// <summary>Whether the token tells what isn't known yet.</summary>
        public bool Lacks(Identity identity) =>
            (identity.Name is not null && identity.Name != Name) || (identity.Email is not null && identity.Email != Email);
    }
}
