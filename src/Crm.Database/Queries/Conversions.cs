using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Crm.Database.Queries;

/// <summary>Amounts times a rate, exact and the same in both databases and here: for use in queries, and to compute with.</summary>
public static class Conversions
{
    private const string Function = "convert_amount";

    /// <summary>amount × times ÷ divisor, rounded half to even; the product may be larger than 64 bits.</summary>
    /// <param name="amount">In ten-thousandths, not below 0.</param>
    /// <param name="times">Above 0.</param>
    /// <param name="divisor">Above 0.</param>
    public static long Of(long amount, long times, long divisor)
    {
        var (quotient, rest) = Int128.DivRem((Int128)amount * times, divisor);
        var isUp = rest * 2 > divisor || (rest * 2 == divisor && Int128.IsOddInteger(quotient));
        return (long)(isUp ? quotient + 1 : quotient);
    }

    internal static void MapConversions(this ModelBuilder model) => model.HasDbFunction(() => Of(default, default, default)).HasName(Function);

    /// <summary>Gives the function to each connection to SQLite, which has no numbers of more than 64 bits; PostgreSQL has it from a migration.</summary>
    internal sealed class Giver : DbConnectionInterceptor
    {
        public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
        {
            ((SqliteConnection)result).CreateFunction<long, long, long, long>(Function, Of, isDeterministic: true);
            return result;
        }
    }
}
