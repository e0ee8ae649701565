using Crm.Contracts.Activities;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Database.Activities;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>What was done in a period.</summary>
internal static class ActivityReporter
{
    public static async Task<ActivityReport> ReportAsync(ReportScope scope, ActivityReportQuery query, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        var periods = query.GroupBy is "day" or "week" or "month" ? scope.Calendar.Split(query.GroupBy, from, to) : [];
        var sums = await Parts(CountedActivities.Between(scope, from, to), query.GroupBy, periods).GroupBy(part => new { part.UserId, part.Type, part.Period })
            .Select(some => new Sum(some.Key.UserId, some.Key.Type, some.Key.Period, some.Count())).ToListAsync(ct);

        var place = scope.DrillDown.Between(from, to);
        return new ActivityReport
        {
            AsOf = scope.AsOf,
            TimeZone = scope.Calendar.Zone.Id,
            From = from,
            To = to,
            Groups = [.. Rows(query.GroupBy, sums, place, periods)],
            Total = new CountedFigure { Count = sums.Sum(sum => sum.Count), DrillDown = place.ToActivities() },
        };
    }

    private static IQueryable<Part> Parts(IQueryable<ActivitySnapshot> activities, string? groupBy, IReadOnlyList<Period> periods) => groupBy switch
    {
        "user" => activities.Select(activity => new Part { UserId = activity.UserId, Type = null, Period = 0 }),
        "type" => activities.Select(activity => new Part { UserId = null, Type = activity.Type, Period = 0 }),
        _ => activities.Select(Buckets.Into<ActivitySnapshot, DateTimeOffset, Part>(
            activity => activity.OccurredAt, [.. periods.Skip(1).Select(period => period.Start)], (activity, period) => new Part { UserId = null, Type = null, Period = period })),
    };

    private static IEnumerable<ActivityReportGroup> Rows(string? groupBy, List<Sum> sums, DrillDown place, IReadOnlyList<Period> periods) => groupBy switch
    {
        "user" => sums.OrderBy(sum => sum.UserId, StringComparer.Ordinal).Select(sum => Row(sum.UserId!, sum.Count, place.OfOwner(sum.UserId))),
        "type" => sums.Select(sum => (Name: EnumNames<ActivityType>.Of(sum.Type!.Value), sum.Count)).OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => Row(type.Name, type.Count, place.With("type", type.Name))),
        null => [],
        _ => periods.Select((period, i) => Row(period.Key, sums.Find(sum => sum.Period == i)?.Count ?? 0, place.Between(period.From, period.To))),
    };

    private static ActivityReportGroup Row(string key, int count, DrillDown place) => new() { Key = key, Count = count, DrillDown = place.ToActivities() };

    private sealed record Sum(string? UserId, ActivityType? Type, int Period, int Count);

    private sealed class Part
    {
        public string? UserId { get; init; }
        public ActivityType? Type { get; init; }
        public int Period { get; init; }
    }
}
