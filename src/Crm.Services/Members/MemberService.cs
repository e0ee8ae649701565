using Crm.Contracts;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Database;
using Crm.Database.Members;
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
        if (Words.Of(query.Search) is { } words) members = members.Where(words.In<Member>(m => " " + m.NameKey + " "));
        return members.ToPageAsync(query, Sorts, MemberViews.Projection, ct);
    }

    public Task<MemberView?> FindAsync(string userId, CancellationToken ct) =>
        db.Members.AsNoTracking().Where(m => m.UserId == userId).Select(MemberViews.Projection).SingleOrDefaultAsync(ct);

    /// <summary>Changes the role that counts for tokens which name none.</summary>
    /// <exception cref="CrmException">404 for no such member; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task<MemberView> ChangeAsync(string userId, Changes<MemberFields> change, int? ifMatch, CancellationToken ct) => db.UnlessOutrunAsync(
        async () =>
        {
            var member = await db.Members.SingleOrDefaultAsync(m => m.UserId == userId, ct) ?? throw CrmException.NotFound("member", userId);
            if (ifMatch is { } version && version != member.Version) throw Stale(userId);
            var fields = change.ApplyTo(new MemberFields { Role = member.Role });
            member.ChangeRole(fields.Role!.Value, clock.GetUtcNow());
            await db.SaveChangesAsync(ct);
            return MemberViews.Of(member);
        },
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

    private static CrmException Stale(string userId) =>
        new(FailureKind.PreconditionFailed, FailureCodes.Stale, $"The member {userId} was changed since you read it. Read it again and send the change with its new ETag.");
}
