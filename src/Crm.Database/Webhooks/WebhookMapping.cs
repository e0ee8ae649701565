using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Webhooks;

internal sealed class WebhookMapping : IEntityTypeConfiguration<Webhook>, IEntityTypeConfiguration<WebhookDelivery>
{
    public void Configure(EntityTypeBuilder<Webhook> webhook)
    {
        webhook.ToTable("webhooks").HasKey(w => new { w.TenantId, w.Id });
        webhook.HasOne<Tenant>().WithMany().HasForeignKey(w => w.TenantId).OnDelete(DeleteBehavior.NoAction);
        webhook.Property(w => w.Version).IsConcurrencyToken();
        webhook.HasIndex(w => new { w.TenantId, w.CreatedAt, w.Id }, "webhooks_by_created");
    }

    public void Configure(EntityTypeBuilder<WebhookDelivery> delivery)
    {
        delivery.ToTable("webhook_deliveries").HasKey(d => new { d.TenantId, d.Id });
        delivery.HasOne<Webhook>().WithMany().HasForeignKey(d => new { d.TenantId, d.WebhookId }).OnDelete(DeleteBehavior.NoAction);
        delivery.HasIndex(d => new { d.TenantId, d.WebhookId, d.At, d.Id }, "webhook_deliveries_by_time");
        delivery.HasIndex(d => new { d.TenantId, d.WebhookId, d.EventId, d.Attempt }, "webhook_deliveries_by_event");
    }
}
