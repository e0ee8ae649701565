using Crm.Database.Members;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Dashboards;

internal sealed class DashboardMapping : IEntityTypeConfiguration<Dashboard>, IEntityTypeConfiguration<DashboardDelivery>
{
    public void Configure(EntityTypeBuilder<Dashboard> dashboard)
    {
        dashboard.ToTable("dashboards").HasKey(d => new { d.TenantId, d.Id });
        dashboard.HasOne<Member>().WithMany().HasForeignKey(d => new { d.TenantId, d.OwnerId }).OnDelete(DeleteBehavior.NoAction);
        dashboard.Property(d => d.Version).IsConcurrencyToken();
        dashboard.HasIndex(d => new { d.TenantId, d.NameKey, d.Id }, "dashboards_by_name");
        dashboard.HasIndex(d => new { d.TenantId, d.CreatedAt, d.Id }, "dashboards_by_created");
        dashboard.HasIndex(d => new { d.TenantId, d.OwnerId }, "dashboards_by_owner");
        dashboard.HasIndex(d => new { d.TenantId, d.NextAt, d.Id }, "dashboards_due").HasFilter("next_at IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<DashboardDelivery> delivery)
    {
        delivery.ToTable("dashboard_deliveries").HasKey(d => new { d.TenantId, d.Id });
        delivery.HasOne<Dashboard>().WithMany().HasForeignKey(d => new { d.TenantId, d.DashboardId }).OnDelete(DeleteBehavior.NoAction);
        delivery.HasIndex(d => new { d.TenantId, d.DashboardId, d.DueAt }, "dashboard_deliveries_by_due").IsUnique();
        delivery.HasIndex(d => new { d.TenantId, d.TryAt, d.Id }, "dashboard_deliveries_pending").HasFilter("state = 'PENDING'");
        delivery.HasIndex(d => new { d.TenantId, d.CreatedAt, d.Id }, "dashboard_deliveries_ended").HasFilter("state <> 'PENDING'");
    }
}
