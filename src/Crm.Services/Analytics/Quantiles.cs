using System.Linq.Expressions;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>
/// Exact quantiles of times, without reading all of them: first how many there are in each range, then those of the ranges that the quantiles
/// fall into.
/// </summary>
internal sealed class Quantiles
{
    /// <summary>Of a range, in microseconds: two hours, so that there are few, and few times in each.</summary>
    private const long Width = 7_200_000_000;

    private readonly List<(long Range, int Before, int Count)> ranges = [];
    private readonly Dictionary<long, List<long>> values = [];

    public static Quantiles None { get; } = new();

    /// <summary>Of times that are all at hand, in microseconds.</summary>
    public static Quantiles Of(IEnumerable<long> micros)
    {
        List<long> sorted = [.. micros];
        sorted.Sort();
        var all = new Quantiles { Micros = sorted.Sum(time => (decimal)time) };
        all.values.Add(0, sorted);
        all.Tally(0, sorted.Count);
        return all;
    }

    public int Count { get; private set; }

    /// <summary>The sum of all, in microseconds.</summary>
    public decimal Micros { get; private set; }

    /// <summary>The times of each stage.</summary>
    /// <param name="parts">All of them, in parts that are each added up by itself: to bring them together first would take longer than that.</param>
    /// <param name="fractions">Of which quantiles, each from 0 to 1.</param>
    /// <param name="withMean">Whether the mean is asked for, too.</param>
    /// <param name="ct">Stops the questions.</param>
    public static async Task<Dictionary<(Guid PipelineId, string Stage), Quantiles>> ByStageAsync(IReadOnlyList<IQueryable<StageTime>> parts, decimal[] fractions, bool withMean, CancellationToken ct)
    {
        var counts = await parts.Select(times => Counts(times, withMean)).Aggregate((all, part) => all.Concat(part)).ToListAsync(ct);
        var stages = new Dictionary<(Guid PipelineId, string Stage), Quantiles>();
        foreach (var range in counts.GroupBy(count => (count.PipelineId, count.Stage, count.Range)).OrderBy(range => range.Key.Range))
        {
            var key = (range.Key.PipelineId, range.Key.Stage);
            if (!stages.TryGetValue(key, out var stage)) stages.Add(key, stage = new Quantiles());
            var count = range.Sum(part => part.Count);
            if (count > 0) stage.Tally(range.Key.Range, count);
            stage.Micros += ((decimal)range.Key.Range * Width * count) + range.Sum(part => part.Rest);
        }

        foreach (var (key, stage) in stages.ToList().Where(stage => stage.Value.Count == 0)) stages.Remove(key);
        if (stages.Count == 0) return stages;
        var near = stages.SelectMany(stage => stage.Value.RangesOf(fractions).Select(range => Near(stage.Key, range))).ToList().AnyOf();
        var found = await parts.Select(times => times.Where(near).Select(time => new { time.PipelineId, time.Stage, time.Micros, time.Sign })).Aggregate((all, part) => all.Concat(part)).ToListAsync(ct);
        foreach (var value in found.GroupBy(value => (value.PipelineId, value.Stage, value.Micros)).OrderBy(value => value.Key.Micros))
        {
            for (var count = value.Sum(time => time.Sign); count > 0; count--) stages[(value.Key.PipelineId, value.Key.Stage)].Note(value.Key.Micros / Width, value.Key.Micros);
        }

        return stages;
    }

    private static IQueryable<StageRange> Counts(IQueryable<StageTime> times, bool withMean)
    {
        var grouped = times.GroupBy(time => new { time.PipelineId, time.Stage, Range = time.Micros / Width });
        return withMean
            ? grouped.Select(some => new StageRange { PipelineId = some.Key.PipelineId, Stage = some.Key.Stage, Range = some.Key.Range, Count = some.Sum(time => time.Sign), Rest = some.Sum(time => time.Sign * (time.Micros % Width)) })
            : grouped.Select(some => new StageRange { PipelineId = some.Key.PipelineId, Stage = some.Key.Stage, Range = some.Key.Range, Count = some.Sum(time => time.Sign), Rest = 0 });
    }

    /// <summary>Counts the times of a range; the ranges come in their order.</summary>
    private void Tally(long range, int count)
    {
        ranges.Add((range, Count, count));
        Count += count;
    }

    /// <summary>The ranges whose times the quantiles need.</summary>
    private List<long> RangesOf(decimal[] fractions) =>
        Count == 0 ? [] : [.. fractions.Select(Ranks).SelectMany(ranks => new[] { ranks.Low, ranks.High }).Select(rank => RangeOf(rank).Range).Distinct()];

    /// <summary>Takes a time of such a range; those of one range come in their order.</summary>
    private void Note(long range, long micros)
    {
        if (!values.TryGetValue(range, out var some)) values.Add(range, some = []);
        some.Add(micros);
    }

    /// <summary>A quantile in days with four decimals, interpolated between its neighbours; null for none.</summary>
    public decimal? Days(decimal fraction) => Count == 0 ? null : Quotients.Days(At(fraction));

    /// <summary>A quantile in minutes with four decimals, interpolated between its neighbours; null for none.</summary>
    public decimal? Minutes(decimal fraction) => Count == 0 ? null : Quotients.Minutes(At(fraction));

    /// <summary>The mean in days with four decimals; null for none.</summary>
    public decimal? MeanDays => Quotients.MeanDays(Micros, Count);

    private static Expression<Func<StageTime, bool>> Near((Guid PipelineId, string Stage) key, long range)
    {
        var (pipelineId, stage) = key;
        var (from, behind) = (range * Width, (range + 1) * Width);
        return time => time.PipelineId == pipelineId && time.Stage == stage && time.Micros >= from && time.Micros < behind;
    }

    private decimal At(decimal fraction)
    {
        var (low, high, share) = Ranks(fraction);
        return At(low) + (share * (At(high) - At(low)));
    }

    /// <summary>Between which places, counted from 0, the quantile is, and how far from the first.</summary>
    private (int Low, int High, decimal Share) Ranks(decimal fraction)
    {
        var place = fraction * (Count - 1);
        var low = (int)decimal.Floor(place);
        return (low, (int)decimal.Ceiling(place), place - low);
    }

    private (long Range, int Before, int Count) RangeOf(int rank) => ranges.Find(range => rank < range.Before + range.Count);

    private long At(int rank)
    {
        var (range, before, _) = RangeOf(rank);
        return values[range][rank - before];
    }
}

/// <summary>How many times there are in a range, and by how much they are longer than its beginning, together.</summary>
internal sealed class StageRange
{
    public Guid PipelineId { get; init; }
    public string Stage { get; init; } = "";
    public long Range { get; init; }
    public int Count { get; init; }
    public long Rest { get; init; }
}
