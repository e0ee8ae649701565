using Crm.Database.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Accounts;

/// <summary>
/// Whether somebody knows an account's password. No account, a wrong password and a locked account can't be told apart, and of guesses
/// made at once no more count than of guesses made one after the other.
/// </summary>
public sealed class PasswordProof(AccountsDbContext db, IPasswordHasher<Account> hasher, ILookupNormalizer names, TimeProvider clock, SignInEvents events)
{
    public const int MostFailures = 5;
    public static readonly TimeSpan LockTime = TimeSpan.FromMinutes(15);

    private static readonly Account Nobody = new();
    private static string? nobodysHash;

    /// <summary>The account where the password is right, else null. The proof counts only once <see cref="CountAsync"/> has taken it.</summary>
    public async Task<Account?> OfAsync(string email, string password, CancellationToken ct)
    {
        if (AccountService.FaultOfEmail(email) is not null) email = "";
        var key = names.NormalizeEmail(email);
        var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.NormalizedEmail == key, ct);
        return await IsRightAsync(account, password, ct) ? account : null;
    }

    /// <summary>Takes a proof: false where the account is locked, or its password was changed meanwhile.</summary>
    public async Task<bool> CountAsync(Account account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var taken = await db.Accounts.Where(a => a.Id == account.Id && a.SecurityStamp == account.SecurityStamp && (a.LockoutEnd == null || a.LockoutEnd <= now))
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.AccessFailedCount, 0).SetProperty(a => a.LockoutEnd, (DateTimeOffset?)null), ct);
        if (taken == 0) events.SignInRefused(account.Id);
        return taken == 1;
    }

    private async Task<bool> IsRightAsync(Account? account, string password, CancellationToken ct)
    {
        nobodysHash ??= hasher.HashPassword(Nobody, "nobody's password");
        var prepared = PasswordRules.Prepare(password);
        var result = hasher.VerifyHashedPassword(account ?? Nobody, account?.PasswordHash ?? nobodysHash, prepared);
        if (account is null)
        {
            events.SignInRefused(null);
            return false;
        }

        switch (result)
        {
            case PasswordVerificationResult.Failed:
                await CountFailureAsync(account.Id); // also of who doesn't wait for the answer
                return false;
            case PasswordVerificationResult.SuccessRehashNeeded:
                var hash = hasher.HashPassword(account, prepared);
                await db.InTransactionAsync(() => db.Accounts.Where(a => a.Id == account.Id && a.PasswordHash == account.PasswordHash).ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, hash), ct), ct);
                return true;
            default:
                return true;
        }
    }

    private async Task CountFailureAsync(Guid accountId)
    {
        var now = clock.GetUtcNow();
        var until = now + LockTime;
        var open = db.Accounts.Where(a => a.Id == accountId && (a.LockoutEnd == null || a.LockoutEnd <= now));
        var counted = await db.InTransactionAsync(
            () => open.ExecuteUpdateAsync(
                set => set.SetProperty(a => a.LockoutEnd, a => a.AccessFailedCount + 1 >= MostFailures ? until : a.LockoutEnd)
                    .SetProperty(a => a.AccessFailedCount, a => a.AccessFailedCount + 1 >= MostFailures ? 0 : a.AccessFailedCount + 1),
                CancellationToken.None),
            CancellationToken.None);
        if (counted == 0)
        {
            events.SignInRefused(accountId);
            return;
        }

        await events.SignInFailedAsync(accountId);
        if (await db.Accounts.AnyAsync(a => a.Id == accountId && a.LockoutEnd == until, CancellationToken.None)) await events.AccountLockedAsync(accountId);
    }
}
