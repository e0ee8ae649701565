using Crm.Database.Alarms;
using Crm.Database.Deals;
using Crm.Database.Leads;
using Crm.Database.Members;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Tasks;

internal sealed class TaskMapping : IEntityTypeConfiguration<CrmTask>, IEntityTypeConfiguration<TaskSnapshot>
{
    public void Configure(EntityTypeBuilder<CrmTask> task)
    {
        task.ToTable("tasks").IsRecord();
        task.HasOne<Member>().WithMany().HasForeignKey(t => new { t.TenantId, t.AssigneeId }).OnDelete(DeleteBehavior.NoAction);
        task.HasOne<Lead>().WithMany().HasForeignKey(t => new { t.TenantId, t.LeadId }).OnDelete(DeleteBehavior.NoAction);
        task.HasOne<Deal>().WithMany().HasForeignKey(t => new { t.TenantId, t.DealId }).OnDelete(DeleteBehavior.NoAction);
        task.HasAlarm();
        task.HasLiveIndex("tasks_by_created", t => new { t.TenantId, t.CreatedAt, t.Id });
        task.HasLiveIndex("tasks_by_updated", t => new { t.TenantId, t.UpdatedAt, t.Id });
        task.HasLiveIndex("tasks_by_title", t => new { t.TenantId, t.TitleKey, t.Id });
        task.HasLiveIndex("tasks_by_priority", t => new { t.TenantId, t.PriorityOrder, t.Id });
        task.HasLiveIndex("tasks_by_due", t => new { t.TenantId, t.DueOrder, t.Id });
        task.HasLiveIndex("tasks_by_assignee", t => new { t.TenantId, t.AssigneeId, t.DueOrder, t.Id });
        task.HasLiveIndex("tasks_by_lead", t => new { t.TenantId, t.LeadId, t.CreatedAt, t.Id });
        task.HasLiveIndex("tasks_by_deal", t => new { t.TenantId, t.DealId, t.CreatedAt, t.Id });
    }

    public void Configure(EntityTypeBuilder<TaskSnapshot> snapshot)
    {
        snapshot.ToTable("task_snapshots").HasKey(s => new { s.TenantId, s.TaskId, s.Version });
        snapshot.HasOne<CrmTask>().WithMany().HasForeignKey(s => new { s.TenantId, s.TaskId }).OnDelete(DeleteBehavior.NoAction);
        snapshot.HasIndex(s => new { s.TenantId, s.DueAt, s.CompletedAt }, "task_snapshots_by_due");
        snapshot.HasIndex(s => new { s.TenantId, s.CompletedAt }, "task_snapshots_by_completed");
    }
}
