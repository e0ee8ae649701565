using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Database.Queries;

/// <summary>
/// Comparisons of several columns at once, <c>(a, b) &lt; (x, y)</c>, for use in queries. Both databases read the range from an index
/// with one search, however many rows share the first column; the same written with AND and OR reads all of these.
/// </summary>
public static class RowValues
{
    /// <summary>The most columns that can be compared at once.</summary>
    public const int MaxColumns = 4;

    public static bool Less<T1, T2>(T1 a1, T2 a2, T1 b1, T2 b2) => throw OnlyInQueries();

    public static bool Less<T1, T2, T3>(T1 a1, T2 a2, T3 a3, T1 b1, T2 b2, T3 b3) => throw OnlyInQueries();

    public static bool Less<T1, T2, T3, T4>(T1 a1, T2 a2, T3 a3, T4 a4, T1 b1, T2 b2, T3 b3, T4 b4) => throw OnlyInQueries();

    public static bool Greater<T1, T2>(T1 a1, T2 a2, T1 b1, T2 b2) => throw OnlyInQueries();

    public static bool Greater<T1, T2, T3>(T1 a1, T2 a2, T3 a3, T1 b1, T2 b2, T3 b3) => throw OnlyInQueries();

    public static bool Greater<T1, T2, T3, T4>(T1 a1, T2 a2, T3 a3, T4 a4, T1 b1, T2 b2, T3 b3, T4 b4) => throw OnlyInQueries();

    /// <summary>Lets a context's queries use these comparisons.</summary>
    internal static void UseRowValues(this DbContextOptionsBuilder options) =>
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(new Extension());

    private static InvalidOperationException OnlyInQueries() => new("This is for queries; the database computes it.");

    private sealed class Extension : IDbContextOptionsExtension
    {
        public DbContextOptionsExtensionInfo Info => new ExtensionInfo(this);

        public void ApplyServices(IServiceCollection services) => services.AddScoped<IMethodCallTranslatorPlugin, Plugin>();

        public void Validate(IDbContextOptions options)
        {
        }

        private sealed class ExtensionInfo(IDbContextOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
        {
            public override bool IsDatabaseProvider => false;

            public override string LogFragment => "row values ";

            public override int GetServiceProviderHashCode() => 0;

            public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo;

            public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
            {
            }
        }
    }

    private sealed class Plugin(ISqlExpressionFactory sql, IRelationalTypeMappingSource types) : IMethodCallTranslatorPlugin
    {
        public IEnumerable<IMethodCallTranslator> Translators { get; } = [new Translator(sql, types)];
    }

    private sealed class Translator(ISqlExpressionFactory sql, IRelationalTypeMappingSource types) : IMethodCallTranslator
    {
        public SqlExpression? Translate(SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
        {
            if (method.DeclaringType != typeof(RowValues)) return null;
            var width = arguments.Count / 2;
            var columns = arguments.Take(width).Select(sql.ApplyDefaultTypeMapping).ToList();
            var values = arguments.Skip(width).Select((value, i) => sql.ApplyTypeMapping(value, columns[i]!.TypeMapping)).ToList();
            var comparison = method.Name == nameof(Less) ? ExpressionType.LessThan : ExpressionType.GreaterThan;
            return new SqlBinaryExpression(comparison, Row(columns!), Row(values!), typeof(bool), types.FindMapping(typeof(bool)));
        }

        // A function without a name prints as the parenthesised list that a row value is.
        private SqlExpression Row(IReadOnlyList<SqlExpression> columns) => sql.Function(
            "", columns, nullable: false, argumentsPropagateNullability: columns.Select(_ => false), typeof(object), types.FindMapping(typeof(string)));
    }
}
