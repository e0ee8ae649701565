using Microsoft.EntityFrameworkCore;

namespace Crm.Database.Accounts;

/// <summary>By what a session shows itself: the cookie of a browser, or the tokens of a program.</summary>
public enum SessionKind { Cookie, Token }

/// <summary>One sign-in. Whatever was given out for it counts no longer than it does.</summary>
public sealed class AccountSession
{
    public Guid Id { get; init; }
    public Guid AccountId { get; init; }
    public SessionKind Kind { get; init; }

    /// <summary>SHA-256 of the cookie's secret, or of the refresh token that is the newest.</summary>
    public string SecretHash { get; set; } = "";

    /// <summary>How often the refresh token has been renewed.</summary>
    public int Generation { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset LastUsedAt { get; set; }

    /// <summary>Moves on with each use, up to where it ends anyway.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it ends however much it is used.</summary>
    public DateTimeOffset EndsAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var session = model.Entity<AccountSession>();
        session.ToTable("account_sessions").HasKey(s => s.Id);
        session.HasOne<Account>().WithMany().HasForeignKey(s => s.AccountId).OnDelete(DeleteBehavior.NoAction);
        session.HasIndex(s => s.SecretHash, "account_sessions_by_secret").IsUnique();
        session.HasIndex(s => new { s.AccountId, s.CreatedAt }, "account_sessions_by_account");
    }
}
