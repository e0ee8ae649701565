using Crm.Contracts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Database;
using Crm.Database.Members;
using Crm.Database.Tenancy;
using Crm.Services.ApiKeys;
using Crm.Services.Audit;
using Crm.Services.Lists;
using Crm.Services.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Members;

/// <summary>The users of the tenant, who can own records and be assigned tasks.</summary>
public sealed class MemberService(CrmDbContext db, Caller caller, TimeProvider clock)
{
    internal static readonly Sorting<Member> Sorts = new Sorting<Member>("members", m => m.UserId)
        .By("name", m => m.NameKey)
        .By("createdAt", m => m.CreatedAt);

    public Task<Page<MemberView>> ListAsync(MemberQuery query, CancellationToken ct)
    {
        var members = db.Members.AsNoTracking();
        if (query.Role is { } roles) members = members.Where(m => roles.Contains(m.Role));
        if (query.Active is { } active) members = members.Where(m => m.Active == active);
        if (Words.Of(query.Search) is { } words) members = members.Where(words.In<Member>(m => " " + m.NameKey + " "));
        return members.ToPageAsync(query, Sorts, MemberViews.Projection, ct);
    }

    public Task<MemberView?> FindAsync(string userId, CancellationToken ct) =>
        db.Members.AsNoTracking().Where(m => m.UserId == userId).Select(MemberViews.Projection).SingleOrDefaultAsync(ct);

    /// <summary>Changes the role that counts for tokens which name none, and whether the member may act.</summary>
    /// <exception cref="CrmException">404 for no such member; 409 for deactivating oneself or the last admin, and for the role of an API key; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task<MemberView> ChangeAsync(string userId, Changes<MemberFields> change, int? ifMatch, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(async () =>
        {
            var member = await db.Members.SingleOrDefaultAsync(m => m.UserId == userId, ct) ?? throw CrmException.NotFound("member", userId);
            if (ifMatch is { } version && version != member.Version) throw Stale(userId);
            var fields = change.ApplyTo(new MemberFields { Role = member.Role, Active = member.Active });
            var (role, active) = (fields.Role!.Value, fields.Active!.Value);
            if (role != member.Role || active != member.Active) caller.RefuseLimitedKey("change what members may do");
            if (!active && member.Active && userId == caller.UserId) throw CrmException.InvalidTransition("Nobody deactivates themselves. Let another admin do it.");
            if (role != member.Role && userId.StartsWith(ApiKeyAuthentication.MemberPrefix, StringComparison.Ordinal)) throw CrmException.InvalidTransition("This member is an API key, whose role is the key's. Revoke the key and make another.");
            if (IsAdmin(member) && !(active && role == Role.Admin)) await LeaveAnAdminAsync(db, userId, ct);
            if (role != member.Role) db.Audit(EventTypes.MemberRoleChanged, "members", userId, Differences.Of("role", member.Role, role));
            if (active != member.Active) db.Audit(active ? EventTypes.MemberActivated : EventTypes.MemberDeactivated, "members", userId, Differences.Of("active", member.Active, active));
            member.Change(role, active, clock.GetUtcNow());
            await db.SaveChangesAsync(ct);
            return MemberViews.Of(member);
        }, ct),
        () => ifMatch is null ? null : Stale(userId),
        () => CrmException.Contended("member", userId),
        ct);

    public MeView Me() => new()
    {
        Id = caller.UserId,
        Name = caller.Name,
        Email = caller.Email,
        Role = caller.Role,
        TenantId = caller.TenantId,
        Tenants = caller.Tenants,
    };

    private static bool IsAdmin(Member member) => member is { Role: Role.Admin, Active: true };

    /// <summary>Where admins are stored as such, one of them stays; the others are kept from being changed until this transaction ends.</summary>
    internal static async Task LeaveAnAdminAsync(CrmDbContext db, string userId, CancellationToken ct)
    {
        var admins = await db.Members.Where(m => m.Role == Role.Admin && m.Active).OrderBy(m => m.UserId).ForUpdate().Select(m => m.UserId).ToListAsync(ct);
        if (admins.Exists(id => id != userId)) return;
        throw new CrmException(FailureKind.Conflict, FailureCodes.LastAdmin, $"{userId} is the last active member with the role ADMIN. Give it to another member first.");
    }

    private static CrmException Stale(string userId) =>
        new(FailureKind.PreconditionFailed, FailureCodes.Stale, $"The member {userId} was changed since you read it. Read it again and send the change with its new ETag.");
}
