using System.Linq.Expressions;
using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Crm.Database.Naming;

internal static class Conventions
{
    public const string TenantFilter = "tenant";
    public const string LiveFilter = "live";
    public const string VisibleFilter = "visible";

    /// <summary>The first wall: a query sees the rows of its tenant, and of records those that aren't deleted.</summary>
    public static void FilterByTenant(this ModelBuilder model, Type entity, CrmDbContext context)
    {
        if (!entity.IsAssignableTo(typeof(ITenantOwned))) throw new InvalidOperationException($"{entity.Name} belongs to no tenant.");
        var row = Expression.Parameter(entity, "row");
        var tenant = Expression.Property(Expression.Constant(context, typeof(CrmDbContext)), nameof(CrmDbContext.FilterTenantId));
        var builder = model.Entity(entity);
        builder.HasQueryFilter(TenantFilter, Expression.Lambda(Expression.Equal(Expression.Property(row, nameof(ITenantOwned.TenantId)), tenant), row));
        if (!entity.IsAssignableTo(typeof(Record))) return;
        var live = Expression.Equal(Expression.Property(row, nameof(Record.DeletedAt)), Expression.Constant(null, typeof(DateTimeOffset?)));
        builder.HasQueryFilter(LiveFilter, Expression.Lambda(live, row));
    }

    public static void UseSnakeCase(this ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            var table = StoreObjectIdentifier.Table(entity.GetTableName()!);
            foreach (var property in entity.GetProperties()) property.SetColumnName(Snake(property.Name));
            foreach (var key in entity.GetKeys()) key.SetName($"{table.Name}_pk");
            foreach (var foreignKey in entity.GetForeignKeys())
            {
                foreignKey.SetConstraintName($"{table.Name}_{Snake(foreignKey.Properties[^1].Name)}_fk");
            }
        }
    }

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}

/// <summary>Money as a whole number of ten-thousandths, which both databases add and compare exactly.</summary>
internal sealed class MoneyConverter() : ValueConverter<decimal, long>(amount => (long)(amount * 10_000m), units => units / 10_000m);

/// <summary>An enum by its name, as on the wire.</summary>
internal sealed class NameConverter<T>() : ValueConverter<T, string>(value => EnumNames<T>.Of(value), name => EnumNames<T>.Parse(name)) where T : struct, Enum;
