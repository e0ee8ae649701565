using System.Buffers.Text;
using System.Security.Cryptography;
using Crm.Contracts.Accounts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Invitations;
using Crm.Contracts.Lists;
using Crm.Database;
using Crm.Database.Accounts;
using Crm.Database.Invitations;
using Crm.Database.Tenancy;
using Crm.Services.Accounts;
using Crm.Services.Audit;
using Crm.Services.Lists;
using Crm.Services.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Invitations;

/// <summary>
/// Invitations to become a member. The token names its tenant, so that it is looked for there alone: 16 bytes of tenant, 16 of
/// invitation, 32 of secret.
/// </summary>
public sealed class InvitationService(CrmDbContext db, AccountsDbContext accounts, AccountService people, PasswordProof proof, Caller caller, TenantScope scope, SignInEvents events)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private const int TokenBytes = 32 + AccountKeys.SecretBytes;

    internal static readonly Sorting<Invitation> Sorts = new Sorting<Invitation>("invitations", i => i.Id)
        .By("createdAt", i => i.CreatedAt)
        .By("email", i => i.EmailKey);

    /// <summary>Invites an address. What was open for it before is revoked, so that one link works; of two who invite it at the very same moment each makes one.</summary>
    public async Task<IssuedInvitationView> InviteAsync(InvitationFields fields, CancellationToken ct)
    {
        caller.RefuseLimitedKey("invite anybody");
        if (AccountService.FaultOfEmail(fields.Email) is { } fault) throw CrmException.Invalid("/email", fault);
        var secret = RandomNumberGenerator.GetBytes(AccountKeys.SecretBytes);
        var invitation = await db.UnlessOutrunAsync(
            async () =>
            {
                var stamp = db.Stamp();
                var invitation = new Invitation(fields.Email, fields.Role!.Value, AccountKeys.Hash(secret), Lifetime, stamp);
                var now = stamp.At;
                foreach (var earlier in await db.Invitations.Where(i => i.EmailKey == invitation.EmailKey && i.AcceptedAt == null && i.RevokedAt == null && i.ExpiresAt > now).ToListAsync(ct))
                {
                    if (string.Equals(earlier.Email, fields.Email, StringComparison.OrdinalIgnoreCase)) Revoke(earlier, stamp);
                }

                db.Add(invitation);
                db.Audit(EventTypes.InvitationCreated, "invitations", $"{invitation.Id}", Differences.Between(null, fields));
                await db.SaveChangesAsync(ct);
                return invitation;
            },
            () => null,
            () => CrmException.Contended("invitation", "for this address"),
            ct);
        events.InvitationMade(invitation.TenantId, invitation.Id, invitation.CreatedBy);
        var token = TokenOf(invitation, secret);
        return new IssuedInvitationView
        {
            Id = invitation.Id,
            Email = invitation.Email,
            Role = invitation.Role,
            ExpiresAt = invitation.ExpiresAt,
            AcceptedAt = null,
            RevokedAt = null,
            CreatedAt = invitation.CreatedAt,
            CreatedBy = invitation.CreatedBy,
            UpdatedAt = invitation.UpdatedAt,
            UpdatedBy = invitation.UpdatedBy,
            Version = invitation.Version,
            Token = token,
            Link = $"/invitation?token={token}",
        };
    }

    public Task<Page<InvitationView>> ListAsync(InvitationQuery query, CancellationToken ct)
    {
        var invitations = db.Invitations.AsNoTracking();
        if (Words.Of(query.Search) is { } words) invitations = invitations.Where(words.In<Invitation>(i => " " + i.EmailKey + " "));
        return invitations.ToPageAsync(query, Sorts, InvitationViews.Projection, ct);
    }

    public Task<InvitationView?> FindAsync(Guid id, CancellationToken ct) =>
        db.Invitations.AsNoTracking().Where(i => i.Id == id).Select(InvitationViews.Projection).SingleOrDefaultAsync(ct);

    /// <summary>Makes an invitation worth nothing; again, it changes nothing.</summary>
    /// <exception cref="CrmException">404 for no such invitation; 409 for one that was accepted.</exception>
    public Task<InvitationView> RevokeAsync(Guid id, CancellationToken ct) => db.UnlessOutrunAsync(
        async () =>
        {
            var invitation = await db.Invitations.SingleOrDefaultAsync(i => i.Id == id, ct) ?? throw CrmException.NotFound("invitation", id);
            if (invitation.AcceptedAt is not null) throw CrmException.InvalidTransition("The invitation was accepted. Take the member's role away instead.");
            if (invitation.RevokedAt is null)
            {
                Revoke(invitation, db.Stamp());
                await db.SaveChangesAsync(ct);
                events.InvitationRevoked(invitation.TenantId, invitation.Id, caller.UserId);
            }

            return InvitationViews.Of(invitation);
        },
        () => null,
        () => CrmException.Contended("invitation", id),
        ct);

    /// <summary>Accepts an invitation, with a new account or with the one that there is for its address.</summary>
    /// <exception cref="CrmException">
    /// 422 for a token that isn't one, or whose invitation was used, revoked or is too old; 401 where the password isn't the account's;
    /// 400 for a new account's password that isn't taken; 409 for who is a member already.
    /// </exception>
    public async Task<AccountView> AcceptAsync(AcceptInvitation command, CancellationToken ct)
    {
        if (Read(command.Token) is not var (tenantId, id, hash)) throw Invalid();
        scope.Enter(tenantId, "invited");
        var offered = await db.Invitations.AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, ct);
        if (offered is null || !AccountKeys.AreEqual(offered.TokenHash, hash) || !offered.IsOpen(db.Stamp().At)) throw Invalid();

        var known = await people.FindAsync(offered.Email, ct);
        if (known is null) AccountService.Check(offered.Email, "/token", command.Password, "/password");
        else known = await proof.OfAsync(offered.Email, command.Password, ct) ?? throw AccountService.WrongPassword();

        var accountId = known?.Id ?? Guid.CreateVersion7();
        scope.Enter(tenantId, accountId.ToString());
        db.Forget();
        await people.JointlyAsync(
            async () =>
            {
                var stamp = db.Stamp();
                var invitation = await db.Invitations.SingleAsync(i => i.Id == id, ct);
                if (!invitation.IsOpen(stamp.At)) throw Invalid();
                var account = known;
                if (account is null)
                {
                    if (await people.FindAsync(offered.Email, ct) is not null) throw AccountService.WrongPassword(); // made at this very moment
                    account = people.New(offered.Email, command.Name, accountId);
                    await people.CreateAsync(account, command.Password, "/password");
                }
                else if (!await proof.CountAsync(account, ct))
                {
                    throw AccountService.WrongPassword();
                }
                else if (await accounts.Memberships.AnyAsync(m => m.AccountId == account.Id && m.TenantId == tenantId, ct))
                {
                    throw new CrmException(FailureKind.Conflict, FailureCodes.AlreadyMember, "This account is a member of the tenant already. An admin can change its role; the invitation stays as it is.");
                }

                invitation.Accept(stamp);
                db.Audit(EventTypes.InvitationAccepted, "invitations", $"{id}", Differences.Of("acceptedAt", (DateTimeOffset?)null, stamp.At));
                await people.BecomeMemberAsync(account, invitation.Role, null, ct);
                return true;
            },
            ct);
        if (known is null) events.AccountMade(accountId, tenantId);
        events.InvitationAccepted(tenantId, id, accountId);
        return await people.ViewAsync(accountId, ct);
    }

    private void Revoke(Invitation invitation, Stamp stamp)
    {
        invitation.Revoke(stamp);
        db.Audit(EventTypes.InvitationRevoked, "invitations", $"{invitation.Id}", Differences.Of("revokedAt", (DateTimeOffset?)null, stamp.At));
    }

    private static string TokenOf(Invitation invitation, byte[] secret) => Base64Url.EncodeToString([.. invitation.TenantId.ToByteArray(), .. invitation.Id.ToByteArray(), .. secret]);

    private static (Guid TenantId, Guid Id, string Hash)? Read(string text)
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        if (text.Length != Base64Url.GetEncodedLength(TokenBytes) || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, token, out var written) || written != TokenBytes) return null;
        var tenantId = new Guid(token[..16]);
        return tenantId == Guid.Empty ? null : (tenantId, new Guid(token[16..32]), AccountKeys.Hash(token[32..]));
    }

    private static CrmException Invalid() =>
        new(FailureKind.Unprocessable, FailureCodes.InvitationInvalid, "This invitation can't be accepted: it was used, revoked or is older than a week, or the link isn't whole. Ask for a new one.");
}
