using System.Linq.Expressions;
using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
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

    /// <summary>
    /// Lists of text are compared and copied by <see cref="TextListComparer"/>: EF Core's own comparer of lists makes a dynamic method's
    /// delegate each time that it is asked, several times with each write of a lead or deal, and the garbage collector has to take it apart.
    /// </summary>
    public static void CompareTextLists(this ModelBuilder model)
    {
        var lists = model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()).Where(property => property.ClrType == typeof(List<string>));
        foreach (var list in lists) list.SetValueComparer(TextListComparer.Instance);
    }

    /// <summary>The instants of snapshots are numbers, whatever the database has for others: with them reports compute.</summary>
    public static void CountMicroseconds(this ModelBuilder model)
    {
        var snapshots = model.Model.GetEntityTypes().Where(entity => entity.ClrType.IsAssignableTo(typeof(ISnapshot)));
        foreach (var instant in snapshots.SelectMany(entity => entity.GetProperties()).Where(property => property.ClrType == typeof(DateTimeOffset) || property.ClrType == typeof(DateTimeOffset?)))
        {
            instant.SetValueConverter(new MicrosecondConverter());
        }
    }

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}

/// <summary>Money as a whole number of ten-thousandths, which both databases add and compare exactly.</summary>
internal sealed class MoneyConverter() : ValueConverter<decimal, long>(amount => Money.Units(amount), units => Money.Amount(units));

/// <summary>An instant as microseconds since 1970, which databases compare and subtract as numbers.</summary>
internal sealed class MicrosecondConverter() : ValueConverter<DateTimeOffset, long>(
    instant => (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
    micros => new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero));

/// <summary>An enum by its name, as on the wire.</summary>
internal sealed class NameConverter<T>() : ValueConverter<T, string>(value => EnumNames<T>.Of(value), name => EnumNames<T>.Parse(name)) where T : struct, Enum;

/// <summary>Lists of text are alike if they say the same in the same order.</summary>
internal sealed class TextListComparer() : ValueComparer<List<string>>((a, b) => AreAlike(a, b), list => HashOf(list), list => CopyOf(list))
{
    public static readonly TextListComparer Instance = new();

    private static bool AreAlike(List<string>? a, List<string>? b) => a is null || b is null ? a is null && b is null : a.SequenceEqual(b, StringComparer.Ordinal);

    private static int HashOf(List<string> list)
    {
        var hash = default(HashCode);
        foreach (var text in list) hash.Add(text, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    private static List<string> CopyOf(List<string> list) => [.. list];
}
