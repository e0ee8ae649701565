using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Settings;

internal sealed class CurrencyRateMapping : IEntityTypeConfiguration<CurrencyRate>
{
    public void Configure(EntityTypeBuilder<CurrencyRate> rate)
    {
        rate.ToTable("currency_rates").HasKey(r => new { r.TenantId, r.FromCurrency, r.ToCurrency, r.Date, r.Version });
        rate.HasOne<Tenant>().WithMany().HasForeignKey(r => r.TenantId).OnDelete(DeleteBehavior.NoAction);
        rate.Ignore(r => r.Rate);
        rate.HasIndex(r => new { r.TenantId, r.Until, r.Date, r.Id }, "currency_rates_by_until");
    }
}
