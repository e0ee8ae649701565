using Crm.Database.Members;
using Crm.Database.Pipelines;
using Crm.Database.Settings;
using Crm.Database.Teams;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Goals;

internal sealed class GoalMapping : IEntityTypeConfiguration<Goal>, IEntityTypeConfiguration<GoalSnapshot>
{
    public void Configure(EntityTypeBuilder<Goal> goal)
    {
        goal.ToTable("goals").HasKey(g => new { g.TenantId, g.Id });
        goal.HasOne<Tenant>().WithMany().HasForeignKey(g => g.TenantId).OnDelete(DeleteBehavior.NoAction);
        goal.HasOne<Member>().WithMany().HasForeignKey(g => new { g.TenantId, g.OwnerId }).OnDelete(DeleteBehavior.NoAction);
        goal.HasOne<Team>().WithMany().HasForeignKey(g => new { g.TenantId, g.TeamId }).OnDelete(DeleteBehavior.NoAction);
        goal.HasOne<Pipeline>().WithMany().HasForeignKey(g => new { g.TenantId, g.PipelineId }).OnDelete(DeleteBehavior.NoAction);
        goal.Property(g => g.Version).IsConcurrencyToken();
        goal.HasIndex(g => new { g.TenantId, g.SubjectKey }, "goals_by_subject").IsUnique();
        goal.HasIndex(g => new { g.TenantId, g.FirstDay, g.Id }, "goals_by_period");
        goal.HasIndex(g => new { g.TenantId, g.CreatedAt, g.Id }, "goals_by_created");
        goal.HasIndex(g => new { g.TenantId, g.TeamId }, "goals_by_team").HasFilter("team_id IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<GoalSnapshot> snapshot)
    {
        snapshot.ToTable("goal_snapshots").HasKey(s => new { s.TenantId, s.GoalId, s.Version });
        snapshot.HasOne<Tenant>().WithMany().HasForeignKey(s => s.TenantId).OnDelete(DeleteBehavior.NoAction);
        snapshot.HasIndex(s => new { s.TenantId, s.FirstDay }, "goal_snapshots_by_period");
    }
}
