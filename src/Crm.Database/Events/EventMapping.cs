using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Events;

internal sealed class EventMapping : IEntityTypeConfiguration<Event>
{
    public void Configure(EntityTypeBuilder<Event> @event)
    {
        @event.ToTable("events").HasKey(e => new { e.TenantId, e.Id });
        @event.HasOne<Tenant>().WithMany().HasForeignKey(e => e.TenantId).OnDelete(DeleteBehavior.NoAction);
        @event.HasIndex(e => new { e.TenantId, e.RecordId, e.Version }, "events_by_record").IsUnique();
        @event.HasIndex(e => new { e.TenantId, e.OccurredAt, e.Id }, "events_by_time");
        @event.HasIndex(e => new { e.TenantId, e.Actor, e.OccurredAt, e.Id }, "events_by_actor");
        @event.HasIndex(e => new { e.TenantId, e.Type, e.OccurredAt, e.Id }, "events_by_type");
        @event.HasIndex(e => new { e.TenantId, e.Collection, e.SubjectId, e.OccurredAt, e.Id }, "events_by_subject").HasFilter("subject_id IS NOT NULL");
    }
}
