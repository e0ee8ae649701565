using Crm.Database.Leads;
using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Conversion;

internal sealed class ConversionMapping : IEntityTypeConfiguration<LeadConversion>, IEntityTypeConfiguration<Customer>
{
    public void Configure(EntityTypeBuilder<LeadConversion> conversion)
    {
        conversion.ToTable("conversions").HasKey(c => new { c.TenantId, c.Id });
        conversion.HasOne<Lead>().WithMany().HasForeignKey(c => new { c.TenantId, c.LeadId }).OnDelete(DeleteBehavior.NoAction);
        conversion.Property(c => c.Lease).IsConcurrencyToken();
        conversion.Property(c => c.State).IsConcurrencyToken();
        conversion.HasIndex(c => new { c.TenantId, c.LeadId }, "conversions_by_lead").IsUnique().HasFilter("state IN ('PENDING', 'COMPLETED')");
        conversion.HasIndex(c => new { c.TenantId, c.LeadId, c.Id }, "conversions_of_lead");
        conversion.HasIndex(c => new { c.TenantId, c.CreatedAt, c.Id }, "conversions_by_created");
        conversion.HasIndex(c => new { c.TenantId, c.State, c.CreatedAt, c.Id }, "conversions_by_state");
        conversion.HasIndex(c => new { c.TenantId, c.DueAt, c.Id }, "conversions_due").HasFilter("state = 'PENDING'");
    }

    public void Configure(EntityTypeBuilder<Customer> customer)
    {
        customer.ToTable("customers").HasKey(c => new { c.TenantId, c.Id });
        customer.HasOne<Tenant>().WithMany().HasForeignKey(c => c.TenantId).OnDelete(DeleteBehavior.NoAction);
        customer.HasIndex(c => new { c.TenantId, c.IdempotencyKey }, "customers_by_key").IsUnique();
        customer.HasIndex(c => new { c.TenantId, c.ExternalReference }, "customers_by_reference").IsUnique();
        customer.HasIndex(c => new { c.TenantId, c.EmailKey }, "customers_by_email").IsUnique();
        customer.HasIndex(c => new { c.TenantId, c.CreatedAt, c.Id }, "customers_by_created");
    }
}
