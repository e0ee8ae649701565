using System.Linq.Expressions;
using Crm.Database.Queries;
using Crm.Services.Lists;

namespace Crm.Services.Analytics;

/// <summary>In a query: on which of some days an instant was, in the tenant's time zone.</summary>
internal sealed class DayNumbers
{
    private readonly List<Run> runs = [];

    /// <param name="calendar">Whose days.</param>
    /// <param name="first">The first of the days.</param>
    /// <param name="last">The last of them.</param>
    public DayNumbers(Calendar calendar, DateOnly first, DateOnly last)
    {
        var start = Instants.Micros(calendar.StartOf(first));
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            var end = Instants.Micros(calendar.StartOf(day.AddDays(1)));
            if (runs.Count == 0 || runs[^1].Length != end - start) runs.Add(new Run(start, end - start, day.DayNumber));
            start = end;
        }
    }

    /// <summary>A projection that also gets the number of the day that an instant is on; less than any where it is before them all.</summary>
    /// <param name="micros">The row's instant, in microseconds.</param>
    /// <param name="projection">What to make of a row and the number.</param>
    public Expression<Func<T, TResult>> With<T, TResult>(Expression<Func<T, long>> micros, Expression<Func<T, long, TResult>> projection)
    {
        var row = projection.Parameters[0];
        var day = Search(new Predicates.Renamed(micros.Parameters[0], row).Visit(micros.Body), 0, runs.Count);
        return Expression.Lambda<Func<T, TResult>>(new Predicates.Renamed(projection.Parameters[1], day).Visit(projection.Body), row);
    }

    private Expression Search(Expression micros, int low, int high)
    {
        if (low == high) return low == 0 ? Expression.Constant(-1L) : DayIn(runs[low - 1], micros);
        var middle = (low + high) / 2;
        return Expression.Condition(Expression.LessThan(micros, Parameters.Of(runs[middle].Start)), Search(micros, low, middle), Search(micros, middle + 1, high));
    }

    private static BinaryExpression DayIn(Run run, Expression micros) =>
        Expression.Add(Parameters.Of(run.FirstDay), Expression.Divide(Expression.Subtract(micros, Parameters.Of(run.Start)), Parameters.Of(run.Length)));

    /// <summary>Days of one length, one after another: where clocks are changed, a day is longer or shorter than its neighbours.</summary>
    private sealed record Run(long Start, long Length, long FirstDay);
}
