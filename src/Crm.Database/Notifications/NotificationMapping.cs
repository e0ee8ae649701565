using Crm.Database.Members;
using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Notifications;

internal sealed class NotificationMapping : IEntityTypeConfiguration<Notification>, IEntityTypeConfiguration<NotificationMail>, IEntityTypeConfiguration<NotificationCounter>, IEntityTypeConfiguration<NotificationPreference>
{
    public void Configure(EntityTypeBuilder<Notification> notification)
    {
        IsNotice(notification, "notifications");
        notification.Property(n => n.Version).IsConcurrencyToken();
        notification.HasIndex(n => new { n.TenantId, n.UserId, n.Number }, "notifications_by_number").IsUnique();
        notification.HasIndex(n => new { n.TenantId, n.Number }, "notifications_in_order").IsUnique();
        notification.HasIndex(n => new { n.TenantId, n.UserId, n.CreatedAt, n.Id }, "notifications_by_user");
        notification.HasIndex(n => new { n.TenantId, n.UserId, n.CreatedAt, n.Id }, "notifications_unread").HasFilter("read_at IS NULL");
        notification.HasIndex(n => new { n.TenantId, n.CreatedAt, n.Id }, "notifications_by_created");
        notification.HasIndex(n => new { n.TenantId, n.CreatedAt, n.Id }, "notifications_read").HasFilter("read_at IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<NotificationMail> mail)
    {
        IsNotice(mail, "notification_mails");
        mail.Property(m => m.Lease).IsConcurrencyToken();
        mail.HasIndex(m => new { m.TenantId, m.DueAt, m.Id }, "notification_mails_due").HasFilter("state = 'PENDING'");
        mail.HasIndex(m => new { m.TenantId, m.CreatedAt, m.Id }, "notification_mails_ended").HasFilter("state <> 'PENDING'");
    }

    public void Configure(EntityTypeBuilder<NotificationCounter> counter)
    {
        counter.ToTable("notification_counters").HasKey(c => c.TenantId);
        counter.HasOne<Tenant>().WithMany().HasForeignKey(c => c.TenantId).OnDelete(DeleteBehavior.NoAction);
        counter.Property(c => c.Number).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<NotificationPreference> preference)
    {
        preference.ToTable("notification_preferences").HasKey(p => new { p.TenantId, p.UserId, p.Kind });
        preference.Property(p => p.Version).IsConcurrencyToken();
        preference.HasOne<Member>().WithMany().HasForeignKey(p => new { p.TenantId, p.UserId }).OnDelete(DeleteBehavior.NoAction);
    }

    private static void IsNotice<T>(EntityTypeBuilder<T> notice, string table) where T : Notice
    {
        notice.ToTable(table).HasKey(n => new { n.TenantId, n.Id });
        notice.HasOne<Member>().WithMany().HasForeignKey(n => new { n.TenantId, n.UserId }).OnDelete(DeleteBehavior.NoAction);
        notice.HasIndex(n => new { n.TenantId, n.EventId, n.UserId, n.Kind }, $"{table}_by_event").IsUnique();
    }
}
