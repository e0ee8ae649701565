using System.Linq.Expressions;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>
/// Exact quantiles of the times in stages, without reading all of them: first how many there are of each hour, then those of the hours that
/// the quantiles fall into.
/// </summary>
internal sealed class Quantiles
{
    private const long MicrosecondsOfAnHour = 3_600_000_000;

    private readonly List<(long Hour, int Before, int Count)> hours = [];
    private readonly Dictionary<long, List<long>> values = [];

    private Quantiles()
    {
    }

    public static Quantiles None { get; } = new();

    public int Count { get; private set; }

    /// <summary>The sum of all, in microseconds.</summary>
    public decimal Micros { get; private set; }

    /// <summary>The times of each stage.</summary>
    /// <param name="times">All of them.</param>
    /// <param name="fractions">Of which quantiles, each from 0 to 1.</param>
    /// <param name="ct">Stops the questions.</param>
    public static async Task<Dictionary<(Guid PipelineId, string Stage), Quantiles>> ByStageAsync(IQueryable<StageTime> times, decimal[] fractions, CancellationToken ct)
    {
        var counts = await times.GroupBy(time => new { time.PipelineId, time.Stage, Hour = time.Micros / MicrosecondsOfAnHour }).Select(some => new
        {
            some.Key.PipelineId,
            some.Key.Stage,
            some.Key.Hour,
            Count = some.Sum(time => time.Sign),
            Millions = some.Sum(time => time.Sign * (time.Micros / Sums.Million)),
            Rest = some.Sum(time => time.Sign * (time.Micros % Sums.Million)),
        }).ToListAsync(ct);
        var stages = new Dictionary<(Guid PipelineId, string Stage), Quantiles>();
        foreach (var count in counts.OrderBy(count => count.Hour))
        {
            if (!stages.TryGetValue((count.PipelineId, count.Stage), out var stage)) stages.Add((count.PipelineId, count.Stage), stage = new Quantiles());
            if (count.Count > 0) stage.hours.Add((count.Hour, stage.Count, count.Count));
            stage.Count += count.Count;
            stage.Micros += Sums.Whole(count.Millions, count.Rest);
        }

        foreach (var (key, stage) in stages.ToList().Where(stage => stage.Value.Count == 0)) stages.Remove(key);
        if (stages.Count == 0) return stages;
        var near = stages.Select(stage => Near(stage.Key, stage.Value.HoursOf(fractions))).ToList().AnyOf();
        var found = await times.Where(near).Select(time => new { time.PipelineId, time.Stage, time.Micros, time.Sign }).ToListAsync(ct);
        foreach (var value in found.GroupBy(value => (value.PipelineId, value.Stage, value.Micros)))
        {
            var hour = value.Key.Micros / MicrosecondsOfAnHour;
            var known = stages[(value.Key.PipelineId, value.Key.Stage)].values;
            if (!known.TryGetValue(hour, out var some)) known.Add(hour, some = []);
            some.AddRange(Enumerable.Repeat(value.Key.Micros, value.Sum(time => time.Sign)));
        }

        foreach (var some in stages.Values.SelectMany(stage => stage.values.Values)) some.Sort();
        return stages;
    }

    /// <summary>A quantile in days with four decimals, interpolated between its neighbours; null for none.</summary>
    public decimal? Days(decimal fraction)
    {
        if (Count == 0) return null;
        var (low, high, share) = Ranks(fraction);
        return Quotients.Days(At(low) + (share * (At(high) - At(low))));
    }

    /// <summary>The mean in days with four decimals; null for none.</summary>
    public decimal? MeanDays => Quotients.MeanDays(Micros, Count);

    private static Expression<Func<StageTime, bool>> Near((Guid PipelineId, string Stage) key, List<long> hours)
    {
        var (pipelineId, stage) = key;
        return time => time.PipelineId == pipelineId && time.Stage == stage && hours.Contains(time.Micros / MicrosecondsOfAnHour);
    }

    private List<long> HoursOf(decimal[] fractions) =>
        [.. fractions.Select(Ranks).SelectMany(ranks => new[] { ranks.Low, ranks.High }).Select(rank => HourOf(rank).Hour).Distinct()];

    /// <summary>Between which places, counted from 0, the quantile is, and how far from the first.</summary>
    private (int Low, int High, decimal Share) Ranks(decimal fraction)
    {
        var place = fraction * (Count - 1);
        var low = (int)decimal.Floor(place);
        return (low, (int)decimal.Ceiling(place), place - low);
    }

    private (long Hour, int Before, int Count) HourOf(int rank) => hours.Find(hour => rank < hour.Before + hour.Count);

    private long At(int rank)
    {
        var (hour, before, _) = HourOf(rank);
        return values[hour][rank - before];
    }
}
