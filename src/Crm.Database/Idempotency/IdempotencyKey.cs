using Crm.Database.Settings;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Idempotency;

/// <summary>A key that a caller made a request under, and the answer once there is one.</summary>
public sealed class IdempotencyKey : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>SHA-256 over user, method, path and key.</summary>
    public string KeyHash { get; init; } = "";

    /// <summary>SHA-256 over the request's body.</summary>
    public string BodyHash { get; set; } = "";

    /// <summary>Who runs the request; a claim whose time has run out may be taken over by another.</summary>
    public Guid ClaimedBy { get; set; }

    public DateTimeOffset ClaimedUntil { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Null while the request runs.</summary>
    public int? Status { get; set; }

    /// <summary>The answer's headers that are part of it, as JSON.</summary>
    public string? Headers { get; set; }

    public byte[]? Body { get; set; }
}

internal sealed class IdempotencyKeyMapping : IEntityTypeConfiguration<IdempotencyKey>
{
    public void Configure(EntityTypeBuilder<IdempotencyKey> key)
    {
        key.ToTable("idempotency_keys").HasKey(k => new { k.TenantId, k.KeyHash });
        key.HasOne<Tenant>().WithMany().HasForeignKey(k => k.TenantId).OnDelete(DeleteBehavior.NoAction);
        key.Property(k => k.ClaimedBy).IsConcurrencyToken();
        key.HasIndex(k => new { k.TenantId, k.CreatedAt }, "idempotency_keys_by_created");
    }
}
