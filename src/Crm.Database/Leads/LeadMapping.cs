using Crm.Database.Members;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Leads;

internal sealed class LeadMapping : IEntityTypeConfiguration<Lead>, IEntityTypeConfiguration<LeadStay>, IEntityTypeConfiguration<LeadSnapshot>, IEntityTypeConfiguration<LeadTag>
{
    public void Configure(EntityTypeBuilder<Lead> lead)
    {
        lead.ToTable("leads").IsRecord();
        lead.HasOne<Member>().WithMany().HasForeignKey(l => new { l.TenantId, l.OwnerId }).OnDelete(DeleteBehavior.NoAction);
        lead.Property(l => l.PendingConversionId).IsConcurrencyToken(); // beginning a conversion makes no version, and yet outruns who read the lead before
        lead.Ignore(l => l.IsOpen);
        lead.HasMany(l => l.Stays).WithOne().HasForeignKey(s => new { s.TenantId, s.LeadId }).OnDelete(DeleteBehavior.NoAction);
        lead.HasLiveIndex("leads_by_created", l => new { l.TenantId, l.CreatedAt, l.Id });
        lead.HasLiveIndex("leads_by_updated", l => new { l.TenantId, l.UpdatedAt, l.Id });
        lead.HasLiveIndex("leads_by_name", l => new { l.TenantId, l.NameKey, l.Id });
        lead.HasLiveIndex("leads_by_company", l => new { l.TenantId, l.CompanyKey, l.Id });
        lead.HasLiveIndex("leads_by_value", l => new { l.TenantId, l.ValueOrder, l.Id });
        lead.HasLiveIndex("leads_by_score", l => new { l.TenantId, l.ScoreOrder, l.Id });
        lead.HasLiveIndex("leads_by_status", l => new { l.TenantId, l.Status, l.CreatedAt, l.Id });
        lead.HasLiveIndex("leads_by_owner", l => new { l.TenantId, l.OwnerId, l.CreatedAt, l.Id });
        lead.HasLiveIndex("leads_by_source", l => new { l.TenantId, l.Source, l.CreatedAt, l.Id });
        lead.HasIndex(l => new { l.TenantId, l.DomainKey, l.CreatedAt, l.Id }, "leads_by_domain").HasFilter("deleted_at IS NULL AND domain_key IS NOT NULL");
        lead.HasLiveIndex("leads_by_email", l => new { l.TenantId, l.EmailKey });
    }

    public void Configure(EntityTypeBuilder<LeadStay> stay)
    {
        stay.ToTable("lead_stays").HasKey(s => new { s.TenantId, s.LeadId, s.Ordinal });
        stay.HasIndex(s => new { s.TenantId, s.LeadId }, "lead_stays_open").IsUnique().HasFilter("left_at IS NULL");
    }

    public void Configure(EntityTypeBuilder<LeadSnapshot> snapshot)
    {
        snapshot.ToTable("lead_snapshots").HasKey(s => new { s.TenantId, s.LeadId, s.Version });
        snapshot.HasOne<Lead>().WithMany().HasForeignKey(s => new { s.TenantId, s.LeadId }).OnDelete(DeleteBehavior.NoAction);
        snapshot.HasIndex(s => new { s.TenantId, s.LeadId, s.Source, s.OwnerId }, "lead_snapshots_present").HasFilter("until = 253402214400000000");
        snapshot.HasIndex(s => new { s.TenantId, s.CreatedAt, s.LeadId }, "lead_snapshots_by_created");
    }

    public void Configure(EntityTypeBuilder<LeadTag> tag)
    {
        tag.ToTable("lead_tags").HasKey(t => new { t.TenantId, t.RecordId, t.Key });
        tag.HasOne<Lead>().WithMany().HasForeignKey(t => new { t.TenantId, t.RecordId }).OnDelete(DeleteBehavior.NoAction);
        tag.HasIndex(t => new { t.TenantId, t.Key, t.RecordId }, "lead_tags_by_key");
    }
}
