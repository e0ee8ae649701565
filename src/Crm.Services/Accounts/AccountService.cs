using Crm.Contracts.Accounts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Database;
using Crm.Database.Accounts;
using Crm.Database.Members;
using Crm.Database.Pipelines;
using Crm.Database.Settings;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Members;
using Crm.Services.Records;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Accounts;

/// <summary>Accounts and where they may act.</summary>
public sealed class AccountService(
    AccountsDbContext accounts, CrmDbContext db, TenantScope scope, UserManager<Account> users, PasswordProof proof, ILookupNormalizer names, IServiceScopeFactory scopes, TimeProvider clock, SignInEvents events)
{
    /// <summary>As whom the audit knows whoever runs the service's verbs.</summary>
    private const string Operator = "operator";

    public Task<bool> AnyAsync(CancellationToken ct) => accounts.Accounts.AnyAsync(ct);

    /// <summary>Makes the first account and the tenant that it is the admin of.</summary>
    /// <exception cref="CrmException">409 where there is an account already; 400 for a password that isn't taken.</exception>
    public async Task<AccountView> SetUpAsync(SetUp command, CancellationToken ct)
    {
        if (await AnyAsync(ct)) throw SetUpDone();
        Check(command.Email, "/email", command.Password, "/password");
        var tenantId = Guid.CreateVersion7();
        var made = New(command.Email, command.Name);
        scope.Enter(tenantId, made.Id.ToString());
        var account = await JointlyAsync(
            async () =>
            {
                await accounts.LockAsync(ct);
                if (await AnyAsync(ct)) throw SetUpDone();
                var account = New(command.Email, command.Name, made.Id);
                await CreateAsync(account, command.Password, "/password");
                await BecomeMemberAsync(account, Role.Admin, command.TenantName, ct);
                return account;
            },
            ct);
        events.AccountMade(account.Id, tenantId);
        return await ViewAsync(account.Id, ct);
    }

    /// <summary>Makes an account a tenant's member, as an operator of the service does: the account too, where there is none, and the tenant.</summary>
    /// <param name="email">Of the account.</param>
    /// <param name="tenantId">Which tenant; one that nobody has seen yet is made.</param>
    /// <param name="role">What the account may do there.</param>
    /// <param name="name">What a new account is called.</param>
    /// <param name="existing">Whether an account that there is may be the one; it keeps its password, whoever gave it that.</param>
    /// <param name="password">Asked for the password of a new account.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The account, and whether it is new.</returns>
    /// <exception cref="CrmException">400 for an address or a password that isn't taken; 409 for an account that there is, unless <paramref name="existing"/> allows it, and for the last admin.</exception>
    public async Task<(string Id, bool IsNew)> AddAsync(string email, Guid tenantId, Role role, string? name, bool existing, Func<string> password, CancellationToken ct)
    {
        if (FaultOfEmail(email) is { } fault) throw CrmException.Invalid("--email", fault);
        var known = await FindAsync(email, ct);
        if (known is not null && !existing) throw Known(email);
        var secret = known is null ? password() : null;
        if (secret is not null) Check(email, "--email", secret, "The password");
        var id = known?.Id ?? Guid.CreateVersion7();
        scope.Enter(tenantId, Operator);
        scope.Credential = "console";
        var account = await JointlyAsync(
            async () =>
            {
                await accounts.LockAsync(ct);
                var account = await FindAsync(email, ct);
                if (account is not null && known is null) throw existing ? CrmException.Contended("account", "of this address") : Known(email); // made at this very moment, by whomever
                if (account is null)
                {
                    account = New(email, name, id);
                    await CreateAsync(account, secret!, "The password");
                }

                await BecomeMemberAsync(account, role, null, ct);
                return account;
            },
            ct);
        if (secret is not null) events.AccountMade(account.Id, tenantId);
        return (account.Id.ToString(), secret is not null);
    }

    /// <summary>Gives an account a new password, as an operator does for whoever forgot it, or against whoever shouldn't have it: all of its sessions end.</summary>
    /// <exception cref="CrmException">404 for no such account; 400 for a password that isn't taken.</exception>
    public async Task ResetPasswordAsync(string email, Func<string> password, CancellationToken ct)
    {
        var known = await FindAsync(email, ct) ?? throw new CrmException(FailureKind.NotFound, FailureCodes.NotFound, $"There is no account of {email}.");
        var secret = password();
        Check(email, "--email", secret, "The password");
        var now = clock.GetUtcNow();
        scope.Credential = "console";
        var hash = users.PasswordHasher.HashPassword(known, PasswordRules.Prepare(secret));
        await accounts.InTransactionAsync(
            async () =>
            {
                await WritePasswordAsync(known.Id, hash, now, ct);
                await accounts.Accounts.Where(a => a.Id == known.Id)
                    .ExecuteUpdateAsync(set => set.SetProperty(a => a.AccessFailedCount, 0).SetProperty(a => a.LockoutEnd, (DateTimeOffset?)null), ct); // no save writes these two
                return await accounts.Sessions.Where(s => s.AccountId == known.Id && s.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(s => s.RevokedAt, now), ct);
            },
            ct);
        await events.PasswordResetAsync(known.Id);
    }

    /// <summary>Changes the password of whoever is signed in, and ends all other sessions.</summary>
    /// <returns>Whether the current password was right, and the account not locked.</returns>
    /// <exception cref="CrmException">400 for a new password that isn't taken.</exception>
    public async Task<bool> ChangePasswordAsync(Session session, ChangePassword command, SessionService sessions, CancellationToken ct)
    {
        var account = await accounts.Accounts.AsNoTracking().SingleAsync(a => a.Id == session.AccountId, ct);
        Check(account.Email!, "", command.NewPassword, "/newPassword");
        if (await proof.OfAsync(account.Email!, command.CurrentPassword, ct) is not { } proven) return false;
        var hash = users.PasswordHasher.HashPassword(proven, PasswordRules.Prepare(command.NewPassword));
        var changed = await accounts.InTransactionAsync(
            async () =>
            {
                if (!await proof.CountAsync(proven, ct)) return false;
                await WritePasswordAsync(proven.Id, hash, clock.GetUtcNow(), ct);
                await sessions.EndOthersAsync(proven.Id, session.Id, ct);
                return true;
            },
            ct);
        if (changed) await events.PasswordChangedAsync(proven.Id, session.Id);
        return changed;
    }

    /// <summary>An account, with the name of each of its tenants and its role there, asked of each tenant by itself.</summary>
    public async Task<AccountView> ViewAsync(Guid accountId, CancellationToken ct)
    {
        var account = await accounts.Accounts.AsNoTracking().SingleAsync(a => a.Id == accountId, ct);
        var tenants = new List<AccountTenantView>();
        foreach (var tenantId in await accounts.Memberships.Where(m => m.AccountId == accountId).OrderBy(m => m.CreatedAt).Select(m => m.TenantId).ToListAsync(ct))
        {
            await using var apart = scopes.CreateAsyncScope();
            apart.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, accountId.ToString());
            var theirs = apart.ServiceProvider.GetRequiredService<CrmDbContext>();
            var userId = accountId.ToString();
            var tenant = await theirs.Tenants.Select(t => new { t.Name, Role = theirs.Members.Where(m => m.UserId == userId && m.Active).Select(m => (Role?)m.Role).FirstOrDefault() }).SingleOrDefaultAsync(ct);
            if (tenant is { Role: { } role }) tenants.Add(new AccountTenantView { Id = tenantId, Name = tenant.Name, Role = role });
        }

        return new AccountView { Id = accountId.ToString(), Email = account.Email!, Name = account.Name, Tenants = tenants };
    }

    /// <summary>What is wrong with an e-mail address, or null.</summary>
    public static string? FaultOfEmail(string email)
    {
        if (email.Length > 256) return "must be at most 256 characters long";
        var rule = new Contracts.Validation.EmailAttribute();
        return TextConverter.Fault(email) is { } fault ? fault : !rule.IsValid(email) || email.Contains('\uFFFE', StringComparison.Ordinal) || email.Any(char.IsControl) ? rule.FormatErrorMessage("") : null;
    }

    /// <summary>The one answer to whoever can't be let in.</summary>
    public static CrmException WrongPassword() =>
        new(FailureKind.Unauthenticated, FailureCodes.SignInFailed, "The e-mail address or the password isn't right, or too many tries have failed. Check both; after five failures an account takes no password for 15 minutes.");

    internal Task<Account?> FindAsync(string email, CancellationToken ct)
    {
        var key = names.NormalizeEmail(email);
        return accounts.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.NormalizedEmail == key, ct);
    }

    /// <summary>Writes a password that was hashed before: hashing takes long, and on SQLite nobody else writes during a transaction.</summary>
    private async Task WritePasswordAsync(Guid id, string hash, DateTimeOffset now, CancellationToken ct)
    {
        accounts.ChangeTracker.Clear();
        var account = await accounts.Accounts.SingleAsync(a => a.Id == id, ct);
        (account.PasswordHash, account.PasswordChangedAt, account.SecurityStamp) = (hash, now, Guid.CreateVersion7().ToString());
        await accounts.SaveChangesAsync(ct);
    }

    /// <exception cref="CrmException">400 for a name that no token could carry.</exception>
    internal Account New(string email, string? name, Guid? id = null)
    {
        if (name?.Any(char.IsControl) == true) throw CrmException.Invalid("/name", "must not contain control characters");
        var now = clock.GetUtcNow();
        return new Account { Id = id ?? Guid.CreateVersion7(), Email = email, Name = name, CreatedAt = now, PasswordChangedAt = now };
    }

    internal static void Check(string email, string emailPlace, string password, string passwordPlace)
    {
        if (FaultOfEmail(email) is { } wrong) throw CrmException.Invalid(emailPlace, wrong);
        if (PasswordRules.FaultOf(PasswordRules.Prepare(password), email) is { } weak) throw CrmException.Invalid(passwordPlace, weak);
    }

    internal async Task CreateAsync(Account account, string password, string place) => Require(await users.CreateAsync(account, PasswordRules.Prepare(password)), place);

    /// <summary>Makes the account a member of the tenant that was entered, with a role, whatever it was before.</summary>
    internal async Task BecomeMemberAsync(Account account, Role role, string? tenantName, CancellationToken ct)
    {
        var stamp = db.Stamp();
        var userId = account.Id.ToString();
        if (!await db.Tenants.AnyAsync(ct))
        {
            var tenant = new Tenant(stamp.TenantId, stamp.At);
            tenant.Change(tenant.Fields() with { Name = tenantName }, stamp.At);
            db.Add(tenant);
            db.Add(Pipeline.Default(stamp));
        }

        var member = await db.Members.SingleOrDefaultAsync(m => m.UserId == userId, ct);
        var was = member?.Role;
        if (member is null)
        {
            member = new Member(account.Name, account.Email, stamp with { By = userId });
            db.Add(member);
        }

        if (was == Role.Admin && role != Role.Admin) await MemberService.LeaveAnAdminAsync(db, userId, ct);
        if (role != was) db.Audit(EventTypes.MemberRoleChanged, "members", userId, Differences.Of("role", was, role));
        if (!member.Active) db.Audit(EventTypes.MemberActivated, "members", userId, Differences.Of("active", false, true));
        member.Change(role, active: true, stamp.At);
        await db.SaveChangesAsync(ct);
        if (await accounts.Memberships.AnyAsync(m => m.AccountId == account.Id && m.TenantId == stamp.TenantId, ct)) return;
        accounts.Add(new AccountMembership { AccountId = account.Id, TenantId = stamp.TenantId, CreatedAt = stamp.At });
        await accounts.SaveChangesAsync(ct);
    }

    /// <summary>Writes what is of a tenant and what is of an account in one transaction, again where somebody else was quicker.</summary>
    internal Task<T> JointlyAsync<T>(Func<Task<T>> work, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(() => accounts.JoinAsync(db, work, ct), ct),
        () => null,
        () => CrmException.Contended("account", "of this address"),
        ct);

    private static CrmException Known(string email) => new(
        FailureKind.Conflict, FailureCodes.AlreadyMember,
        $"There is an account of {email} already, and whoever has its password would come in: perhaps somebody whom another tenant invited by that address. If that is right, add --existing; if not, give it a new password first: user password --email {email}.");

    private static CrmException SetUpDone() => new(FailureKind.Conflict, FailureCodes.SetUpDone, "The service is set up already. Sign in; who has no account asks an admin for an invitation.");

    private static void Require(IdentityResult result, string place)
    {
        if (!result.Succeeded) throw CrmException.Invalid(place, string.Join("; ", result.Errors.Select(error => error.Description)));
    }
}
