using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Database.Queries;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>What became of the leads that were made in a period, and how soon they were answered.</summary>
internal static class LeadReporter
{
    private const decimal Median = 0.5m;
    private const decimal NineInTen = 0.9m;

    public static async Task<LeadReport> ReportAsync(ReportScope scope, LeadReportQuery query, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        var months = query.GroupBy == "month" ? scope.Calendar.Split("month", from, to) : [];
        var sums = await Parts(new LeadFigures(scope, answers: false).Made(from, to), query.GroupBy, months).GroupBy(part => new { part.OwnerId, part.Source, part.Status, part.Month, part.IsConverted }).Select(leads => new Sum(
            new Key(leads.Key.OwnerId, leads.Key.Source, leads.Key.Status, leads.Key.Month), leads.Key.IsConverted, leads.Count())).ToListAsync(ct);
        var times = await AnswersAsync(scope, Parts(new LeadFigures(scope).Made(from, to), query.GroupBy, months).Where(part => part.Response != null), ct);
        var groups = sums.GroupBy(sum => sum.Key).ToDictionary(group => group.Key, group => new Group(group, times.GetValueOrDefault(group.Key, Answers.None)));
        var total = new Group(sums, Answers.OfAll(times.Values));

        var place = scope.DrillDown.Between(from, to);
        return new LeadReport
        {
            AsOf = scope.AsOf,
            TimeZone = scope.Calendar.Zone.Id,
            From = from,
            To = to,
            Groups = [.. Rows(query.GroupBy, groups, place, months)],
            Total = Row(total, place),
        };
    }

    private static IQueryable<Part> Parts(IQueryable<LeadFact> made, string? groupBy, IReadOnlyList<Period> months) => groupBy switch
    {
        "owner" => made.Select(lead => new Part { OwnerId = lead.OwnerId, Source = null, Status = null, Month = 0, IsConverted = lead.ConvertedAt != null, CreatedAt = lead.CreatedAt, Response = lead.Response }),
        "source" => made.Select(lead => new Part { OwnerId = null, Source = lead.Source, Status = null, Month = 0, IsConverted = lead.ConvertedAt != null, CreatedAt = lead.CreatedAt, Response = lead.Response }),
        "status" => made.Select(lead => new Part { OwnerId = null, Source = null, Status = lead.Status, Month = 0, IsConverted = lead.ConvertedAt != null, CreatedAt = lead.CreatedAt, Response = lead.Response }),
        _ => made.Select(Buckets.Into<LeadFact, DateTimeOffset, Part>(
            lead => lead.CreatedAt,
            [.. months.Skip(1).Select(month => month.Start)],
            (lead, month) => new Part { OwnerId = null, Source = null, Status = null, Month = month, IsConverted = lead.ConvertedAt != null, CreatedAt = lead.CreatedAt, Response = lead.Response })),
    };

    /// <summary>The times until leads were answered: those of many leads, of which no more is kept than the two numbers.</summary>
    private static async Task<Dictionary<Key, Answers>> AnswersAsync(ReportScope scope, IQueryable<Part> answered, CancellationToken ct)
    {
        var answers = new Dictionary<Key, Answers>();
        var rows = answered.Select(part => new { part.OwnerId, part.Source, part.Status, part.Month, Begin = Instants.Micros(part.CreatedAt), Response = part.Response!.Value });
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(ct))
        {
            var key = new Key(row.OwnerId, row.Source, row.Status, row.Month);
            if (!answers.TryGetValue(key, out var own)) answers.Add(key, own = new Answers());
            own.Wall.Add(row.Response);
            if (scope.WorkingMicros(row.Begin, row.Begin + row.Response) is { } working) own.Working.Add(working);
        }

        return answers;
    }

    private static IEnumerable<LeadReportGroup> Rows(string? groupBy, Dictionary<Key, Group> groups, DrillDown place, IReadOnlyList<Period> months) => groupBy switch
    {
        "owner" => ByName(groups, key => key.OwnerId, place.OfOwner),
        "source" => ByName(groups, key => EnumNames<LeadSource>.Of(key.Source!.Value), source => place.With("source", source!)),
        "status" => ByName(groups, key => EnumNames<LeadStatus>.Of(key.Status!.Value), status => place.With("status", status!)),
        "month" => months.Select((month, i) => Row(month.Key, groups.GetValueOrDefault(new Key(null, null, null, i), Group.Empty), place.Between(month.From, month.To))),
        _ => [],
    };

    private static IEnumerable<LeadReportGroup> ByName(Dictionary<Key, Group> groups, Func<Key, string?> name, Func<string?, DrillDown> place) => groups
        .Select(group => (Name: name(group.Key), Group: group.Value)).OrderBy(group => group.Name is null).ThenBy(group => group.Name, StringComparer.Ordinal)
        .Select(group => Row(group.Name, group.Group, place(group.Name)));

    private static LeadReportGroup Row(string? key, Group group, DrillDown place)
    {
        var row = Row(group, place);
        return new LeadReportGroup
        {
            Key = key,
            Created = row.Created,
            Contacted = row.Contacted,
            Unanswered = row.Unanswered,
            Converted = row.Converted,
            ConversionRate = row.ConversionRate,
            MedianMinutes = row.MedianMinutes,
            P90Minutes = row.P90Minutes,
            MedianWorkingMinutes = row.MedianWorkingMinutes,
            P90WorkingMinutes = row.P90WorkingMinutes,
        };
    }

    private static LeadReportRow Row(Group group, DrillDown place) => new()
    {
        Created = new CountedFigure { Count = group.Created, DrillDown = place.To(LeadFigure.Created) },
        Contacted = new CountedFigure { Count = group.Times.Count, DrillDown = place.To(LeadFigure.Contacted) },
        Unanswered = new CountedFigure { Count = group.Created - group.Times.Count, DrillDown = place.To(LeadFigure.Unanswered) },
        Converted = new CountedFigure { Count = group.Converted, DrillDown = place.To(LeadFigure.Converted) },
        ConversionRate = Quotients.Ratio(group.Converted, group.Created),
        MedianMinutes = group.Times.Minutes(Median),
        P90Minutes = group.Times.Minutes(NineInTen),
        MedianWorkingMinutes = group.WorkingTimes.Minutes(Median),
        P90WorkingMinutes = group.WorkingTimes.Minutes(NineInTen),
    };

    private readonly record struct Key(string? OwnerId, LeadSource? Source, LeadStatus? Status, int Month);

    private sealed record Sum(Key Key, bool IsConverted, int Count);

    /// <summary>After how many microseconds leads were answered.</summary>
    private sealed class Answers
    {
        public static Answers None { get; } = new();

        /// <summary>On the wall.</summary>
        public List<long> Wall { get; } = [];

        /// <summary>Of the tenant's working time; none where it never works.</summary>
        public List<long> Working { get; } = [];

        public static Answers OfAll(IEnumerable<Answers> parts)
        {
            var all = new Answers();
            foreach (var part in parts)
            {
                all.Wall.AddRange(part.Wall);
                all.Working.AddRange(part.Working);
            }

            return all;
        }
    }

    private sealed class Part
    {
        public string? OwnerId { get; init; }
        public LeadSource? Source { get; init; }
        public LeadStatus? Status { get; init; }
        public int Month { get; init; }
        public bool IsConverted { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public long? Response { get; init; }
    }

    private sealed class Group(IEnumerable<Sum> sums, Answers answers)
    {
        public static Group Empty { get; } = new([], Answers.None);

        public int Created { get; } = sums.Sum(sum => sum.Count);
        public int Converted { get; } = sums.Where(sum => sum.IsConverted).Sum(sum => sum.Count);

        /// <summary>Of those that were contacted, on the wall.</summary>
        public Quantiles Times { get; } = Quantiles.Of(answers.Wall);

        /// <summary>Of those that were contacted, without the time in which the tenant doesn't work; of none where it never does.</summary>
        public Quantiles WorkingTimes { get; } = Quantiles.Of(answers.Working);
    }
}
