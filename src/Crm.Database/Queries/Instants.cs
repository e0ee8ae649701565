using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace Crm.Database.Queries;

/// <summary>Instants of snapshots as the numbers that they are stored as, for use in queries.</summary>
public static class Instants
{
    /// <summary>Microseconds since 1970.</summary>
    public static long Micros(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    internal static void MapInstants(this ModelBuilder model) => model.HasDbFunction(() => Micros(default))
        .HasTranslation(arguments => new SqlUnaryExpression(ExpressionType.Convert, arguments[0], typeof(long), new LongTypeMapping("bigint", System.Data.DbType.Int64)));
}
