using System.Linq.Expressions;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace Crm.Database.Queries;

/// <summary>Amounts of records as the whole numbers of ten-thousandths that they are stored as, for use in queries.</summary>
public static class Amounts
{
    /// <inheritdoc cref="Money.Units(decimal?)"/>
    public static long? Units(decimal? amount) => Money.Units(amount);

    internal static void MapAmounts(this ModelBuilder model) => model.HasDbFunction(() => Units(default))
        .HasTranslation(arguments => new SqlUnaryExpression(ExpressionType.Convert, arguments[0], typeof(long), new LongTypeMapping("bigint", System.Data.DbType.Int64)));
}
