using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Pipelines;

internal sealed class PipelineMapping : IEntityTypeConfiguration<Pipeline>, IEntityTypeConfiguration<Stage>
{
    public void Configure(EntityTypeBuilder<Pipeline> pipeline)
    {
        pipeline.ToTable("pipelines").HasKey(p => new { p.TenantId, p.Id });
        pipeline.HasOne<Tenant>().WithMany().HasForeignKey(p => p.TenantId).OnDelete(DeleteBehavior.NoAction);
        pipeline.Property(p => p.Version).IsConcurrencyToken();
        pipeline.HasMany(p => p.Stages).WithOne().HasForeignKey(s => new { s.TenantId, s.PipelineId }).OnDelete(DeleteBehavior.NoAction);
        pipeline.HasIndex(p => p.TenantId, "pipelines_default").IsUnique().HasFilter("is_default");
    }

    public void Configure(EntityTypeBuilder<Stage> stage) =>
        stage.ToTable("stages").HasKey(s => new { s.TenantId, s.PipelineId, s.Key });
}
