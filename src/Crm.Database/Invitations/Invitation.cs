using System.Linq.Expressions;
using Crm.Contracts.Invitations;
using Crm.Contracts.Members;
using Crm.Database.Settings;
using Crm.Database.Tenancy;
using Crm.Database.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Invitations;

/// <summary>Lets whoever has its token become a member of the tenant, once.</summary>
public sealed class Invitation : ITenantOwned
{
    private Invitation()
    {
    }

    /// <param name="email">Of the account that it is for.</param>
    /// <param name="role">What the member will be.</param>
    /// <param name="tokenHash">SHA-256 of the token's secret.</param>
    /// <param name="lifetime">How long it may be accepted.</param>
    /// <param name="stamp">Who invites, and when.</param>
    public Invitation(string email, Role role, string tokenHash, TimeSpan lifetime, Stamp stamp)
    {
        (TenantId, Id) = (stamp.TenantId, Guid.CreateVersion7());
        (Email, EmailKey, Role, TokenHash) = (email, Folding.Key(email), role, tokenHash);
        (CreatedAt, CreatedBy, UpdatedAt, UpdatedBy, Version) = (stamp.At, stamp.By, stamp.At, stamp.By, 1);
        ExpiresAt = stamp.At + lifetime;
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public string Email { get; private set; } = "";
    public string EmailKey { get; private set; } = "";
    public Role Role { get; private set; }
    public string TokenHash { get; private set; } = "";
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset? AcceptedAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public string CreatedBy { get; private set; } = "";
    public DateTimeOffset UpdatedAt { get; private set; }
    public string UpdatedBy { get; private set; } = "";
    public int Version { get; private set; }

    public bool IsOpen(DateTimeOffset now) => AcceptedAt is null && RevokedAt is null && now < ExpiresAt;

    public void Accept(Stamp stamp)
    {
        AcceptedAt = stamp.At;
        Change(stamp);
    }

    public void Revoke(Stamp stamp)
    {
        RevokedAt = stamp.At;
        Change(stamp);
    }

    private void Change(Stamp stamp) => (UpdatedAt, UpdatedBy, Version) = (stamp.At, stamp.By, Version + 1);
}

public static class InvitationViews
{
    public static readonly Expression<Func<Invitation, InvitationView>> Projection = invitation => new InvitationView
    {
        Id = invitation.Id,
        Email = invitation.Email,
        Role = invitation.Role,
        ExpiresAt = invitation.ExpiresAt,
        AcceptedAt = invitation.AcceptedAt,
        RevokedAt = invitation.RevokedAt,
        CreatedAt = invitation.CreatedAt,
        CreatedBy = invitation.CreatedBy,
        UpdatedAt = invitation.UpdatedAt,
        UpdatedBy = invitation.UpdatedBy,
        Version = invitation.Version,
    };

    public static readonly Func<Invitation, InvitationView> Of = Projection.Compile();
}

internal sealed class InvitationMapping : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> invitation)
    {
        invitation.ToTable("invitations").HasKey(i => new { i.TenantId, i.Id });
        invitation.HasOne<Tenant>().WithMany().HasForeignKey(i => i.TenantId).OnDelete(DeleteBehavior.NoAction);
        invitation.Property(i => i.Version).IsConcurrencyToken();
        invitation.HasIndex(i => new { i.TenantId, i.CreatedAt, i.Id }, "invitations_by_created");
        invitation.HasIndex(i => new { i.TenantId, i.EmailKey, i.Id }, "invitations_by_email");
    }
}
