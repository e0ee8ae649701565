using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.ApiKeys;

internal sealed class ApiKeyMapping : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> key)
    {
        key.ToTable("api_keys").HasKey(k => new { k.TenantId, k.Id });
        key.HasOne<Tenant>().WithMany().HasForeignKey(k => k.TenantId).OnDelete(DeleteBehavior.NoAction);
        key.Property(k => k.Version).IsConcurrencyToken();
        key.HasIndex(k => new { k.TenantId, k.CreatedAt, k.Id }, "api_keys_by_created");
        key.HasIndex(k => new { k.TenantId, k.NameKey, k.Id }, "api_keys_by_name");
    }
}
