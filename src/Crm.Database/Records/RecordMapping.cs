using System.Linq.Expressions;
using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Records;

internal static class RecordMapping
{
    /// <summary>The key that starts with the tenant, the version that guards every update, and what isn't stored.</summary>
    public static void IsRecord<T>(this EntityTypeBuilder<T> record) where T : Record
    {
        record.HasKey(r => new { r.TenantId, r.Id });
        record.HasOne<Tenant>().WithMany().HasForeignKey(r => r.TenantId).OnDelete(DeleteBehavior.NoAction);
        record.Property(r => r.Version).IsConcurrencyToken();
        record.Ignore(r => r.Raised).Ignore(r => r.Noun).Ignore(r => r.Collection);
        record.HasIndex(r => new { r.TenantId, r.DeletionId }, $"{record.Metadata.GetTableName()}_by_deletion").HasFilter("deletion_id IS NOT NULL");
    }

    /// <summary>An index over what isn't deleted, which is all that a list ever reads.</summary>
    public static void HasLiveIndex<T>(this EntityTypeBuilder<T> record, string name, Expression<Func<T, object?>> columns) where T : Record =>
        record.HasIndex(columns, name).HasFilter("deleted_at IS NULL");
}
