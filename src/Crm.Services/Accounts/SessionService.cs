using System.Buffers.Text;
using System.Security.Cryptography;
using Crm.Contracts.Members;
using Crm.Database.Accounts;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Accounts;

/// <summary>A session that counts now, and who it is.</summary>
/// <param name="Id">Which one.</param>
/// <param name="AccountId">Whose.</param>
/// <param name="Identity">As which the service knows its bearer; what it may do in a tenant says the tenant's member.</param>
public sealed record Session(Guid Id, Guid AccountId, Identity Identity);

/// <summary>What a sign-in gave: the session, and the secret that shows it. Nobody else has the secret; what is kept is its hash.</summary>
public sealed record StartedSession(Guid Id, Guid AccountId, string Email, string? Name, string Secret, int Generation, IReadOnlyList<Guid> Tenants);

/// <summary>Sessions, from sign-in to sign-out. All that counts is in the database, so that any instance may be asked.</summary>
public sealed class SessionService(AccountsDbContext db, PasswordProof proof, AccountKeys keys, TimeProvider clock, SignInEvents events)
{
    /// <summary>How long a cookie lives without being used, and at most.</summary>
    public static readonly TimeSpan CookieIdle = TimeSpan.FromDays(7);
    public static readonly TimeSpan CookieLongest = TimeSpan.FromDays(30);

    /// <summary>How long a refresh token lives, and the session of all those that follow from it.</summary>
    public static readonly TimeSpan RefreshIdle = TimeSpan.FromDays(30);
    public static readonly TimeSpan RefreshLongest = TimeSpan.FromDays(90);

    /// <summary>More at once of an account end with the oldest.</summary>
    public const int MostSessions = 100;

    /// <summary>Uses within so little time aren't written down one by one.</summary>
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMinutes(5);

    /// <summary>For so long what has ended is kept, so that a token of it that comes back is known for what it is.</summary>
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(1);

    /// <summary>Starts a session that a cookie shows, where the password is right; null for any other reason, all of which look alike.</summary>
    public Task<StartedSession?> SignInByCookieAsync(string email, string password, CancellationToken ct) => SignInAsync(email, password, SessionKind.Cookie, ct);

    /// <summary>Starts a session that tokens show, where the password is right; null for any other reason, all of which look alike.</summary>
    public Task<StartedSession?> SignInForTokensAsync(string email, string password, CancellationToken ct) => SignInAsync(email, password, SessionKind.Token, ct);

    private async Task<StartedSession?> SignInAsync(string email, string password, SessionKind kind, CancellationToken ct)
    {
        if (await proof.OfAsync(email, password, ct) is not { } account) return null;
        var id = Guid.CreateVersion7();
        var secret = kind == SessionKind.Cookie ? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(AccountKeys.SecretBytes)) : keys.NewRefreshToken(id);
        var now = clock.GetUtcNow();
        var session = new AccountSession
        {
            Id = id,
            AccountId = account.Id,
            Kind = kind,
            SecretHash = HashOf(secret),
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + (kind == SessionKind.Cookie ? CookieIdle : RefreshIdle),
            EndsAt = now + (kind == SessionKind.Cookie ? CookieLongest : RefreshLongest),
        };
        var started = await db.InTransactionAsync(
            async () =>
            {
                if (!await proof.CountAsync(account, ct)) return false; // locks the account's row: a new password ends this session or refuses it
                await PurgeAsync(account.Id, now, ct);
                db.Add(session);
                await db.SaveChangesAsync(ct);
                return true;
            },
            ct);
        if (!started) return null;
        await events.SignedInAsync(account.Id, id, kind);
        return new StartedSession(id, account.Id, account.Email!, account.Name, secret, session.Generation, await TenantsAsync(account.Id, ct));
    }

    /// <summary>The session that a cookie's secret shows, where it counts. What isn't such a secret costs no question.</summary>
    public async Task<Session?> FindByCookieAsync(string secret, CancellationToken ct)
    {
        if (secret.Length != Base64Url.GetEncodedLength(AccountKeys.SecretBytes) || !Base64Url.IsValid(secret)) return null;
        var hash = HashOf(secret);
        return await FindAsync(db.Sessions.Where(s => s.SecretHash == hash && s.Kind == SessionKind.Cookie), ct);
    }

    /// <summary>The session that an access token is of, where it counts.</summary>
    public Task<Session?> FindByTokenAsync(Guid sessionId, CancellationToken ct) => FindAsync(db.Sessions.Where(s => s.Id == sessionId && s.Kind == SessionKind.Token), ct);

    /// <summary>A new refresh token for one that was never used. One that was ends the session: one of its two users stole it.</summary>
    public async Task<StartedSession?> RefreshAsync(string refreshToken, CancellationToken ct)
    {
        if (keys.ReadRefreshToken(refreshToken) is not var (id, hash)) return null;
        var now = clock.GetUtcNow();
        var next = keys.NewRefreshToken(id);
        var (nextHash, until) = (HashOf(next), now + RefreshIdle);
        var renewed = await db.InTransactionAsync(
            () => Live(now).Where(s => s.Id == id && s.SecretHash == hash).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.SecretHash, nextHash)
                    .SetProperty(s => s.Generation, s => s.Generation + 1)
                    .SetProperty(s => s.LastUsedAt, now)
                    .SetProperty(s => s.ExpiresAt, s => s.EndsAt < until ? s.EndsAt : until),
                ct),
            ct);
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, ct);
        if (session is null) return null;
        if (renewed == 1)
        {
            var account = await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == session.AccountId, ct);
            return new StartedSession(id, account.Id, account.Email!, account.Name, next, session.Generation, await TenantsAsync(account.Id, ct));
        }

        // It bears our seal, so that it once was the newest. If it still is, it is merely too late.
        if (session.SecretHash != hash && await EndAsync(db.Sessions.Where(s => s.Id == id), CancellationToken.None) > 0) await events.RefreshTokenReusedAsync(session.AccountId, id);
        return null;
    }

    /// <summary>Ends the session that a refresh token is of, be it the newest or not. What is no token of ours does nothing.</summary>
    public async Task RevokeAsync(string refreshToken, CancellationToken ct)
    {
        if (keys.ReadRefreshToken(refreshToken) is not var (id, _)) return;
        var accountId = await db.Sessions.Where(s => s.Id == id).Select(s => (Guid?)s.AccountId).SingleOrDefaultAsync(ct);
        if (accountId is { } known) await SignOutAsync(id, known, ct);
    }

    public async Task SignOutAsync(Guid sessionId, Guid accountId, CancellationToken ct)
    {
        if (await EndAsync(db.Sessions.Where(s => s.Id == sessionId), ct) > 0) await events.SignedOutAsync(accountId, sessionId);
    }

    /// <summary>Ends every session of an account: cookies, refresh tokens and access tokens.</summary>
    public async Task SignOutEverywhereAsync(Guid accountId, CancellationToken ct) =>
        await events.SignedOutEverywhereAsync(accountId, await EndAsync(db.Sessions.Where(s => s.AccountId == accountId), ct));

    /// <summary>Ends every session of an account but the one that asks. Part of a larger change.</summary>
    internal Task EndOthersAsync(Guid accountId, Guid but, CancellationToken ct) => EndAsync(db.Sessions.Where(s => s.AccountId == accountId && s.Id != but), ct);

    internal Task<List<Guid>> TenantsAsync(Guid accountId, CancellationToken ct) =>
        db.Memberships.Where(m => m.AccountId == accountId).OrderBy(m => m.CreatedAt).Select(m => m.TenantId).ToListAsync(ct);

    private static string HashOf(string secret) => AccountKeys.Hash(Base64Url.DecodeFromChars(secret));

    private static IQueryable<AccountSession> Live(IQueryable<AccountSession> sessions, DateTimeOffset now) => sessions.Where(s => s.RevokedAt == null && s.ExpiresAt > now);

    private IQueryable<AccountSession> Live(DateTimeOffset now) => Live(db.Sessions, now);

    /// <summary>One question a request: the session, the account and its tenants.</summary>
    private async Task<Session?> FindAsync(IQueryable<AccountSession> which, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = await (
            from session in Live(which, now)
            join account in db.Accounts on session.AccountId equals account.Id
            join membership in db.Memberships on account.Id equals membership.AccountId into memberships
            from membership in memberships.DefaultIfEmpty()
            select new { session.Id, session.AccountId, session.Kind, session.LastUsedAt, account.Email, account.Name, TenantId = (Guid?)membership.TenantId }).ToListAsync(ct);
        if (rows.Count == 0) return null;
        var found = rows[0];
        if (found.Kind == SessionKind.Cookie && now - found.LastUsedAt > Unnoticed) await UseAsync(found.Id, now, ct);
        var tenants = rows.Select(row => row.TenantId).OfType<Guid>().ToList();
        var identity = new Identity(found.AccountId.ToString(), found.Name, found.Email, tenants, new Dictionary<Guid, Role>()) { Credential = $"session:{found.Id}" };
        return new Session(found.Id, found.AccountId, identity);
    }

    private Task<int> UseAsync(Guid id, DateTimeOffset now, CancellationToken ct)
    {
        var until = now + CookieIdle;
        return db.InTransactionAsync(
            () => Live(now).Where(s => s.Id == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastUsedAt, now).SetProperty(s => s.ExpiresAt, s => s.EndsAt < until ? s.EndsAt : until), ct), ct);
    }

    private Task<int> EndAsync(IQueryable<AccountSession> which, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return db.InTransactionAsync(() => which.Where(s => s.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(s => s.RevokedAt, now), ct), ct);
    }

    private async Task PurgeAsync(Guid accountId, DateTimeOffset now, CancellationToken ct)
    {
        var before = now - KeptAfterEnd;
        await db.Sessions.Where(s => s.AccountId == accountId && (s.ExpiresAt < before || s.RevokedAt < before)).ExecuteDeleteAsync(ct);
        // Whoever signs in again and again keeps the newest sessions.
        var oldest = await db.Sessions.Where(s => s.AccountId == accountId && s.RevokedAt == null).OrderByDescending(s => s.CreatedAt).Skip(MostSessions - 1).Select(s => s.Id).ToListAsync(ct);
        if (oldest.Count > 0) await db.Sessions.Where(s => oldest.Contains(s.Id)).ExecuteUpdateAsync(set => set.SetProperty(s => s.RevokedAt, now), ct);
    }
}
