using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Events;

internal sealed class LogConsumerMapping : IEntityTypeConfiguration<LogConsumer>, IEntityTypeConfiguration<HeldDelivery>
{
    public void Configure(EntityTypeBuilder<LogConsumer> consumer)
    {
        consumer.ToTable("log_consumers").HasKey(c => new { c.TenantId, c.Name });
        consumer.HasOne<Tenant>().WithMany().HasForeignKey(c => c.TenantId).OnDelete(DeleteBehavior.NoAction);
        consumer.Property(c => c.Lease).IsConcurrencyToken();
        consumer.HasIndex(c => new { c.TenantId, c.DueAt }, "log_consumers_behind").HasFilter("(\"position\" < target) OR (held_due_at IS NOT NULL)");
    }

    public void Configure(EntityTypeBuilder<HeldDelivery> held)
    {
        held.ToTable("held_deliveries").HasKey(h => new { h.TenantId, h.Id });
        held.HasOne<LogConsumer>().WithMany().HasForeignKey(h => new { h.TenantId, h.Consumer }).OnDelete(DeleteBehavior.NoAction);
        held.HasIndex(h => new { h.TenantId, h.Consumer, h.Position }, "held_deliveries_by_position").IsUnique();
        held.HasIndex(h => new { h.TenantId, h.Consumer, h.DueAt }, "held_deliveries_due").HasFilter("due_at IS NOT NULL");
        held.HasIndex(h => new { h.TenantId, h.Consumer, h.RecordId, h.Position }, "held_deliveries_of_record").HasFilter("parked_at IS NULL");
        held.HasIndex(h => new { h.TenantId, h.ParkedAt, h.Id }, "held_deliveries_parked").HasFilter("parked_at IS NOT NULL");
    }
}
