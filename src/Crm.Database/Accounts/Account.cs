using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Crm.Database.Accounts;

/// <summary>Somebody who signs in here, because no identity provider does it. Of no tenant: the memberships say which ones it may act for.</summary>
public sealed class Account : IdentityUser<Guid>
{
    public Account()
    {
        Id = Guid.CreateVersion7();
    }

    /// <summary>For people to read.</summary>
    public string? Name { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset PasswordChangedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var account = model.Entity<Account>();
        account.ToTable("accounts").HasKey(a => a.Id);
        account.Property(a => a.Email).IsRequired();
        account.Property(a => a.NormalizedEmail).IsRequired();
        account.Property(a => a.PasswordHash).IsRequired();
        account.Property(a => a.SecurityStamp).IsRequired();
        account.Property(a => a.ConcurrencyStamp).IsRequired().IsConcurrencyToken();
        // Counted by statements of their own, which no copy that was read before may overwrite.
        account.Property(a => a.AccessFailedCount).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        account.Property(a => a.LockoutEnd).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        account.HasIndex(a => a.NormalizedEmail, "accounts_by_email").IsUnique();
        account.Ignore(a => a.UserName).Ignore(a => a.NormalizedUserName).Ignore(a => a.EmailConfirmed).Ignore(a => a.LockoutEnabled);
        account.Ignore(a => a.PhoneNumber).Ignore(a => a.PhoneNumberConfirmed).Ignore(a => a.TwoFactorEnabled);
    }

    /// <summary>Where our words for it are better than those that Identity has.</summary>
    internal static void Rename(ModelBuilder model)
    {
        var account = model.Entity<Account>();
        account.Property(a => a.NormalizedEmail).HasColumnName("email_key");
        account.Property(a => a.AccessFailedCount).HasColumnName("failed_count");
        account.Property(a => a.LockoutEnd).HasColumnName("locked_until");
    }
}

/// <summary>A tenant that an account may act for. What it may do there says the tenant's member.</summary>
public sealed class AccountMembership
{
    public Guid AccountId { get; init; }
    public Guid TenantId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var membership = model.Entity<AccountMembership>();
        membership.ToTable("account_memberships").HasKey(m => new { m.AccountId, m.TenantId });
        membership.HasOne<Account>().WithMany().HasForeignKey(m => m.AccountId).OnDelete(DeleteBehavior.NoAction);
    }
}
