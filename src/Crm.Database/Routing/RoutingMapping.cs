using Crm.Database.Leads;
using Crm.Database.Members;
using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Routing;

internal sealed class RoutingMapping : IEntityTypeConfiguration<RoutingPlan>, IEntityTypeConfiguration<RoutingTurns>, IEntityTypeConfiguration<RoutingQuota>, IEntityTypeConfiguration<Availability>, IEntityTypeConfiguration<LeadRouting>
{
    public void Configure(EntityTypeBuilder<RoutingPlan> plan)
    {
        plan.ToTable("routing_plans").HasKey(p => p.TenantId);
        plan.Property(p => p.Version).IsConcurrencyToken();
        plan.HasOne<Tenant>().WithMany().HasForeignKey(p => p.TenantId).OnDelete(DeleteBehavior.NoAction);
        plan.HasOne<Member>().WithMany().HasForeignKey(p => new { p.TenantId, p.FallbackId }).OnDelete(DeleteBehavior.NoAction);
    }

    public void Configure(EntityTypeBuilder<RoutingTurns> turns)
    {
        turns.ToTable("routing_turns").HasKey(t => new { t.TenantId, t.Rule });
        turns.HasOne<RoutingPlan>().WithMany().HasForeignKey(t => t.TenantId).OnDelete(DeleteBehavior.NoAction);
    }

    public void Configure(EntityTypeBuilder<RoutingQuota> quota)
    {
        quota.ToTable("routing_quotas").HasKey(q => new { q.TenantId, q.UserId });
        quota.HasOne<Member>().WithMany().HasForeignKey(q => new { q.TenantId, q.UserId }).OnDelete(DeleteBehavior.NoAction);
    }

    public void Configure(EntityTypeBuilder<Availability> availability)
    {
        availability.ToTable("availabilities").HasKey(a => new { a.TenantId, a.UserId });
        availability.Property(a => a.Version).IsConcurrencyToken();
        availability.HasOne<Member>().WithMany().HasForeignKey(a => new { a.TenantId, a.UserId }).OnDelete(DeleteBehavior.NoAction);
    }

    public void Configure(EntityTypeBuilder<LeadRouting> routing)
    {
        routing.ToTable("lead_routings").HasKey(r => new { r.TenantId, r.LeadId, r.Number });
        routing.HasOne<Lead>().WithMany().HasForeignKey(r => new { r.TenantId, r.LeadId }).OnDelete(DeleteBehavior.NoAction);
        routing.HasIndex(r => new { r.TenantId, r.DueAt, r.LeadId }, "lead_routings_due").HasFilter("due_at IS NOT NULL");
    }
}
