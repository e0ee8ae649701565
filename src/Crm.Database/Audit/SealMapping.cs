using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Audit;

internal sealed class UnsealedEventMapping : IEntityTypeConfiguration<UnsealedEvent>
{
    public void Configure(EntityTypeBuilder<UnsealedEvent> unsealed)
    {
        unsealed.ToTable("unsealed_events").HasKey(u => new { u.TenantId, u.EventId });
        unsealed.HasOne<Tenant>().WithMany().HasForeignKey(u => u.TenantId).OnDelete(DeleteBehavior.NoAction);
    }
}

internal sealed class SealMapping : IEntityTypeConfiguration<Seal>
{
    public void Configure(EntityTypeBuilder<Seal> seal)
    {
        seal.ToTable("seals").HasKey(s => new { s.TenantId, s.Position });
        seal.HasOne<Tenant>().WithMany().HasForeignKey(s => s.TenantId).OnDelete(DeleteBehavior.NoAction);
        seal.HasIndex(s => new { s.TenantId, s.EventId }, "seals_by_event").IsUnique();
        seal.Property(s => s.Position).ValueGeneratedNever();
    }
}

internal sealed class SealHeadMapping : IEntityTypeConfiguration<SealHead>
{
    public void Configure(EntityTypeBuilder<SealHead> head)
    {
        head.ToTable("seal_heads").HasKey(h => h.TenantId);
        head.HasOne<Tenant>().WithMany().HasForeignKey(h => h.TenantId).OnDelete(DeleteBehavior.NoAction);
        head.Property(h => h.Position).IsConcurrencyToken();
    }
}
