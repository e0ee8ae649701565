using Crm.Database.Deals;
using Crm.Database.Leads;
using Crm.Database.Members;
using Crm.Database.Records;
using Crm.Database.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Activities;

internal sealed class ActivityMapping : IEntityTypeConfiguration<Activity>, IEntityTypeConfiguration<ActivitySnapshot>
{
    public void Configure(EntityTypeBuilder<Activity> activity)
    {
        activity.ToTable("activities").IsRecord();
        activity.HasOne<Member>().WithMany().HasForeignKey(a => new { a.TenantId, a.UserId }).OnDelete(DeleteBehavior.NoAction);
        activity.HasOne<Lead>().WithMany().HasForeignKey(a => new { a.TenantId, a.LeadId }).OnDelete(DeleteBehavior.NoAction);
        activity.HasOne<Deal>().WithMany().HasForeignKey(a => new { a.TenantId, a.DealId }).OnDelete(DeleteBehavior.NoAction);
        activity.HasOne<CrmTask>().WithMany().HasForeignKey(a => new { a.TenantId, a.TaskId }).OnDelete(DeleteBehavior.NoAction);
        activity.HasLiveIndex("activities_by_occurred", a => new { a.TenantId, a.OccurredAt, a.Id });
        activity.HasLiveIndex("activities_by_created", a => new { a.TenantId, a.CreatedAt, a.Id });
        activity.HasLiveIndex("activities_by_updated", a => new { a.TenantId, a.UpdatedAt, a.Id });
        activity.HasLiveIndex("activities_by_user", a => new { a.TenantId, a.UserId, a.OccurredAt, a.Id });
        activity.HasLiveIndex("activities_by_lead", a => new { a.TenantId, a.LeadId, a.OccurredAt, a.Id });
        activity.HasLiveIndex("activities_by_deal", a => new { a.TenantId, a.DealId, a.OccurredAt, a.Id });
        activity.HasLiveIndex("activities_by_task", a => new { a.TenantId, a.TaskId, a.OccurredAt, a.Id });
    }

    public void Configure(EntityTypeBuilder<ActivitySnapshot> snapshot)
    {
        snapshot.ToTable("activity_snapshots").HasKey(s => new { s.TenantId, s.ActivityId, s.Version });
        snapshot.HasOne<Activity>().WithMany().HasForeignKey(s => new { s.TenantId, s.ActivityId }).OnDelete(DeleteBehavior.NoAction);
        snapshot.HasIndex(s => new { s.TenantId, s.OccurredAt }, "activity_snapshots_by_occurred");
        snapshot.HasIndex(s => new { s.TenantId, s.LeadId, s.OccurredAt }, "activity_snapshots_by_lead");
    }
}
