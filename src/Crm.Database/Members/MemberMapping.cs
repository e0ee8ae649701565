using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Members;

internal sealed class MemberMapping : IEntityTypeConfiguration<Member>
{
    public void Configure(EntityTypeBuilder<Member> member)
    {
        member.ToTable("members").HasKey(m => new { m.TenantId, m.UserId });
        member.HasOne<Tenant>().WithMany().HasForeignKey(m => m.TenantId).OnDelete(DeleteBehavior.NoAction);
        member.Property(m => m.Version).IsConcurrencyToken();
        member.HasIndex(m => new { m.TenantId, m.NameKey, m.UserId }, "members_by_name");
        member.HasIndex(m => new { m.TenantId, m.CreatedAt, m.UserId }, "members_by_created");
    }
}
