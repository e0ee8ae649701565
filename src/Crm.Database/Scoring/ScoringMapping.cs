using Crm.Database.Leads;
using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Scoring;

internal sealed class ScoringMapping : IEntityTypeConfiguration<LeadScoring>, IEntityTypeConfiguration<LeadScore>, IEntityTypeConfiguration<ScoringModel>
{
    public void Configure(EntityTypeBuilder<LeadScoring> scoring)
    {
        scoring.ToTable("scorings").HasKey(s => s.TenantId);
        scoring.HasOne<Tenant>().WithMany().HasForeignKey(s => s.TenantId).OnDelete(DeleteBehavior.NoAction);
        scoring.Property(s => s.Version).IsConcurrencyToken();
        scoring.HasIndex(s => s.TenantId, "scorings_active").HasFilter("is_active");
    }

    public void Configure(EntityTypeBuilder<LeadScore> score)
    {
        score.ToTable("lead_scores").HasKey(s => new { s.TenantId, s.LeadId });
        score.HasOne<Lead>().WithMany().HasForeignKey(s => new { s.TenantId, s.LeadId }).OnDelete(DeleteBehavior.NoAction);
        score.HasIndex(s => new { s.TenantId, s.DueAt, s.LeadId }, "lead_scores_due").HasFilter("due_at IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<ScoringModel> model)
    {
        model.ToTable("scoring_models").HasKey(m => new { m.TenantId, m.Id });
        model.HasOne<Tenant>().WithMany().HasForeignKey(m => m.TenantId).OnDelete(DeleteBehavior.NoAction);
        model.HasIndex(m => new { m.TenantId, m.Version }, "scoring_models_by_version").IsUnique();
        model.HasIndex(m => m.TenantId, "scoring_models_active").IsUnique().HasFilter("is_active");
    }
}
