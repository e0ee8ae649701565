using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Pipelines;

internal sealed class PipelineMapping : IEntityTypeConfiguration<Pipeline>, IEntityTypeConfiguration<Stage>, IEntityTypeConfiguration<StageSnapshot>
{
    public void Configure(EntityTypeBuilder<Pipeline> pipeline)
    {
        pipeline.ToTable("pipelines").HasKey(p => new { p.TenantId, p.Id });
        pipeline.HasOne<Tenant>().WithMany().HasForeignKey(p => p.TenantId).OnDelete(DeleteBehavior.NoAction);
        pipeline.Property(p => p.Version).IsConcurrencyToken();
        pipeline.Ignore(p => p.Present);
        pipeline.HasMany(p => p.Stages).WithOne().HasForeignKey(s => new { s.TenantId, s.PipelineId }).OnDelete(DeleteBehavior.NoAction);
        pipeline.HasIndex(p => p.TenantId, "pipelines_default").IsUnique().HasFilter("is_default");
        pipeline.HasIndex(p => new { p.TenantId, p.NameKey }, "pipelines_by_name").IsUnique().HasFilter("retired_at IS NULL");
    }

    public void Configure(EntityTypeBuilder<Stage> stage) =>
        stage.ToTable("stages").HasKey(s => new { s.TenantId, s.PipelineId, s.Key });

    public void Configure(EntityTypeBuilder<StageSnapshot> snapshot)
    {
        snapshot.ToTable("stage_snapshots").HasKey(s => new { s.TenantId, s.PipelineId, s.Version, s.Key });
        snapshot.HasOne<Pipeline>().WithMany().HasForeignKey(s => new { s.TenantId, s.PipelineId }).OnDelete(DeleteBehavior.NoAction);
        snapshot.HasIndex(s => new { s.TenantId, s.Until }, "stage_snapshots_by_until");
    }
}
