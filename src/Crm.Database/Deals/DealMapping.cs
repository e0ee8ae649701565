using Crm.Database.Alarms;
using Crm.Database.Leads;
using Crm.Database.Members;
using Crm.Database.Pipelines;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Deals;

internal sealed class DealMapping : IEntityTypeConfiguration<Deal>, IEntityTypeConfiguration<DealStay>, IEntityTypeConfiguration<DealSnapshot>, IEntityTypeConfiguration<DealTag>
{
    public void Configure(EntityTypeBuilder<Deal> deal)
    {
        deal.ToTable("deals").IsRecord();
        deal.HasOne<Lead>().WithMany().HasForeignKey(d => new { d.TenantId, d.LeadId }).OnDelete(DeleteBehavior.NoAction);
        deal.HasOne<Member>().WithMany().HasForeignKey(d => new { d.TenantId, d.OwnerId }).OnDelete(DeleteBehavior.NoAction);
        deal.HasOne(d => d.CurrentStage).WithMany().HasForeignKey(d => new { d.TenantId, d.PipelineId, d.Stage }).OnDelete(DeleteBehavior.NoAction);
        deal.HasMany(d => d.Stays).WithOne().HasForeignKey(s => new { s.TenantId, s.DealId }).OnDelete(DeleteBehavior.NoAction);
        deal.HasAlarm();
        deal.HasLiveIndex("deals_by_created", d => new { d.TenantId, d.CreatedAt, d.Id });
        deal.HasLiveIndex("deals_by_updated", d => new { d.TenantId, d.UpdatedAt, d.Id });
        deal.HasLiveIndex("deals_by_name", d => new { d.TenantId, d.NameKey, d.Id });
        deal.HasLiveIndex("deals_by_value", d => new { d.TenantId, d.ValueOrder, d.Id });
        deal.HasLiveIndex("deals_by_expected_close", d => new { d.TenantId, d.ExpectedCloseOrder, d.Id });
        deal.HasLiveIndex("deals_by_closed", d => new { d.TenantId, d.ClosedOrder, d.Id });
        deal.HasLiveIndex("deals_by_stage", d => new { d.TenantId, d.PipelineId, d.Stage, d.StageEnteredAt, d.Id });
        deal.HasLiveIndex("deals_by_stage_entered", d => new { d.TenantId, d.StageEnteredAt, d.Id });
        deal.HasLiveIndex("deals_by_owner", d => new { d.TenantId, d.OwnerId, d.CreatedAt, d.Id });
        deal.HasLiveIndex("deals_by_lead", d => new { d.TenantId, d.LeadId, d.CreatedAt, d.Id });
    }

    public void Configure(EntityTypeBuilder<DealStay> stay)
    {
        stay.ToTable("deal_stays").HasKey(s => new { s.TenantId, s.DealId, s.Ordinal });
        stay.HasOne<Stage>().WithMany().HasForeignKey(s => new { s.TenantId, s.PipelineId, s.Stage }).OnDelete(DeleteBehavior.NoAction);
        stay.HasIndex(s => new { s.TenantId, s.DealId }, "deal_stays_open").IsUnique().HasFilter("left_at IS NULL");
    }

    public void Configure(EntityTypeBuilder<DealSnapshot> snapshot)
    {
        snapshot.ToTable("deal_snapshots").HasKey(s => new { s.TenantId, s.DealId, s.Version });
        snapshot.HasOne<Deal>().WithMany().HasForeignKey(s => new { s.TenantId, s.DealId }).OnDelete(DeleteBehavior.NoAction);
        snapshot.HasIndex(
            s => new { s.TenantId, s.Kind, s.ClosedAt, s.DealId, s.PipelineId, s.Stage, s.Currency, s.Value, s.Probability, s.OwnerId, s.LeadId, s.CreatedAt, s.ExpectedCloseDate, s.StageEnteredAt, s.StayedBefore, s.Visited },
            "deal_snapshots_present").HasFilter("until = 253402214400000000 AND NOT is_deleted");
        snapshot.HasIndex(s => new { s.TenantId, s.CreatedAt, s.Currency, s.DealId, s.PipelineId, s.OwnerId, s.Visited }, "deal_snapshots_made").HasFilter("until = 253402214400000000 AND NOT is_deleted");
        snapshot.HasIndex(s => new { s.TenantId, s.Currency, s.Value }, "deal_snapshots_open").HasFilter("until = 253402214400000000 AND NOT is_deleted AND kind = 'OPEN'");
        snapshot.HasIndex(s => new { s.TenantId, s.At, s.DealId, s.Movement, s.Currency, s.Value, s.CurrencyBefore, s.ValueBefore }, "deal_snapshots_moved").HasFilter("movement <> 'CHANGED'");
        snapshot.HasIndex(s => new { s.TenantId, s.ClosedAt, s.Currency, s.Value, s.PipelineId, s.OwnerId, s.LeadId, s.LostReason }, "deal_snapshots_lost").HasFilter("until = 253402214400000000 AND NOT is_deleted AND kind = 'LOST'");
        snapshot.HasIndex(s => new { s.TenantId, s.At, s.DealId, s.Currency, s.Value, s.CurrencyBefore, s.ValueBefore }, "deal_snapshots_revalued").HasFilter("revalued");
        snapshot.HasIndex(s => new { s.TenantId, s.PipelineId, s.Stage, s.Visited, s.StageEnteredAt, s.At, s.DealId }, "deal_snapshots_first").HasFilter("stayed_before IS NULL AND (left_stage IS NOT NULL OR at = created_at)");
        snapshot.HasIndex(s => new { s.TenantId, s.StageEnteredAt, s.At, s.CreatedAt, s.DealId, s.LeftPipelineId, s.LeftTotal, s.LeftStage, s.PipelineId, s.Stage }, "deal_snapshots_left").HasFilter("left_stage IS NOT NULL");
        snapshot.HasIndex(s => new { s.TenantId, s.StageEnteredAt, s.At, s.CreatedAt, s.DealId, s.LeftPipelineId, s.LeftBeforeAt, s.LeftBefore, s.LeftStage }, "deal_snapshots_left_again").HasFilter("left_before_at IS NOT NULL");
        snapshot.HasIndex(s => new { s.TenantId, s.LeftPipelineId, s.LeftStage, s.LeftTotal }, "deal_snapshots_left_for").HasFilter("left_stage IS NOT NULL");
        snapshot.HasIndex(s => new { s.TenantId, s.LeftPipelineId, s.LeftStage, s.LeftBefore }, "deal_snapshots_left_again_for").HasFilter("left_before_at IS NOT NULL");
        snapshot.HasIndex(s => new { s.TenantId, s.DealId, s.At, s.Until }, "deal_snapshots_deleted").HasFilter("is_deleted");
        snapshot.HasIndex(s => new { s.TenantId, s.DealId, s.LeftPipelineId, s.At, s.PipelineId }, "deal_snapshots_gone").HasFilter("left_pipeline_id <> pipeline_id");
        snapshot.HasIndex(s => new { s.TenantId, s.Until, s.DealId }, "deal_snapshots_until");
    }

    public void Configure(EntityTypeBuilder<DealTag> tag)
    {
        tag.ToTable("deal_tags").HasKey(t => new { t.TenantId, t.RecordId, t.Key });
        tag.HasOne<Deal>().WithMany().HasForeignKey(t => new { t.TenantId, t.RecordId }).OnDelete(DeleteBehavior.NoAction);
        tag.HasIndex(t => new { t.TenantId, t.Key, t.RecordId }, "deal_tags_by_key");
    }
}
