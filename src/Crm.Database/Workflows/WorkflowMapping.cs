using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Workflows;

internal sealed class WorkflowMapping : IEntityTypeConfiguration<Workflow>, IEntityTypeConfiguration<WorkflowVersion>, IEntityTypeConfiguration<WorkflowRun>
{
    public void Configure(EntityTypeBuilder<Workflow> workflow)
    {
        workflow.ToTable("workflows").HasKey(w => new { w.TenantId, w.Id });
        workflow.HasOne<Tenant>().WithMany().HasForeignKey(w => w.TenantId).OnDelete(DeleteBehavior.NoAction);
        workflow.Property(w => w.Version).IsConcurrencyToken();
        workflow.HasIndex(w => new { w.TenantId, w.CreatedAt, w.Id }, "workflows_by_created");
        workflow.HasIndex(w => new { w.TenantId, w.NextAt, w.Id }, "workflows_next").HasFilter("next_at IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<WorkflowVersion> version)
    {
        version.ToTable("workflow_versions").HasKey(v => new { v.TenantId, v.WorkflowId, v.Number });
        version.HasOne<Workflow>().WithMany().HasForeignKey(v => new { v.TenantId, v.WorkflowId }).OnDelete(DeleteBehavior.NoAction);
    }

    public void Configure(EntityTypeBuilder<WorkflowRun> run)
    {
        run.ToTable("workflow_runs").HasKey(r => new { r.TenantId, r.Id });
        run.HasOne<WorkflowVersion>().WithMany().HasForeignKey(r => new { r.TenantId, r.WorkflowId, r.WorkflowVersion }).OnDelete(DeleteBehavior.NoAction);
        run.HasIndex(r => new { r.TenantId, r.WorkflowId, r.Key }, "workflow_runs_once").IsUnique();
        run.HasIndex(r => new { r.TenantId, r.StartedAt, r.Id }, "workflow_runs_by_start");
        run.HasIndex(r => new { r.TenantId, r.WorkflowId, r.StartedAt, r.Id }, "workflow_runs_by_workflow");
        run.HasIndex(r => new { r.TenantId, r.RecordId, r.StartedAt, r.Id }, "workflow_runs_by_record");
        run.HasIndex(r => new { r.TenantId, r.RootId }, "workflow_runs_by_root");
        run.HasIndex(r => new { r.TenantId, r.IsCall, r.DueAt, r.Id }, "workflow_runs_due").HasFilter("due_at IS NOT NULL");
        run.HasIndex(r => new { r.TenantId, r.EndedAt, r.Id }, "workflow_runs_ended").HasFilter("ended_at IS NOT NULL AND key <> record_id");
    }
}
