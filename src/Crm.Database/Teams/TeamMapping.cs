using Crm.Database.Members;
using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Teams;

internal sealed class TeamMapping : IEntityTypeConfiguration<Team>, IEntityTypeConfiguration<TeamMember>
{
    public void Configure(EntityTypeBuilder<Team> team)
    {
        team.ToTable("teams").HasKey(t => new { t.TenantId, t.Id });
        team.HasOne<Tenant>().WithMany().HasForeignKey(t => t.TenantId).OnDelete(DeleteBehavior.NoAction);
        team.HasMany(t => t.Members).WithOne().HasForeignKey(m => new { m.TenantId, m.TeamId }).OnDelete(DeleteBehavior.ClientCascade);
        team.Property(t => t.Version).IsConcurrencyToken();
        team.HasIndex(t => new { t.TenantId, t.NameKey }, "teams_by_name").IsUnique();
        team.HasIndex(t => new { t.TenantId, t.CreatedAt, t.Id }, "teams_by_created");
    }

    public void Configure(EntityTypeBuilder<TeamMember> member)
    {
        member.ToTable("team_members").HasKey(m => new { m.TenantId, m.TeamId, m.UserId });
        member.HasOne<Member>().WithMany().HasForeignKey(m => new { m.TenantId, m.UserId }).OnDelete(DeleteBehavior.NoAction);
        member.HasIndex(m => new { m.TenantId, m.UserId, m.TeamId }, "team_members_by_user");
    }
}
