using System.Linq.Expressions;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Services.Lists;
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
        var parts = Parts(new LeadFigures(scope).Made(from, to), query.GroupBy, months);
        var sums = await parts.GroupBy(part => new { part.OwnerId, part.Source, part.Status, part.Month, part.IsConverted, part.Range }).Select(leads => new Sum(
            new Key(leads.Key.OwnerId, leads.Key.Source, leads.Key.Status, leads.Key.Month), leads.Key.IsConverted, leads.Key.Range, leads.Count())).ToListAsync(ct);
        var groups = sums.GroupBy(sum => sum.Key).ToDictionary(group => group.Key, group => new Group(group));
        var total = new Group(sums);
        await FillAsync(parts, groups, total, ct);

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
        "owner" => made.Select(lead => new Part { OwnerId = lead.OwnerId, Source = null, Status = null, Month = 0, IsConverted = lead.ConvertedAt != null, Response = lead.Response, Range = lead.ResponseRange }),
        "source" => made.Select(lead => new Part { OwnerId = null, Source = lead.Source, Status = null, Month = 0, IsConverted = lead.ConvertedAt != null, Response = lead.Response, Range = lead.ResponseRange }),
        "status" => made.Select(lead => new Part { OwnerId = null, Source = null, Status = lead.Status, Month = 0, IsConverted = lead.ConvertedAt != null, Response = lead.Response, Range = lead.ResponseRange }),
        _ => made.Select(Buckets.Into<LeadFact, DateTimeOffset, Part>(
            lead => lead.CreatedAt,
            [.. months.Skip(1).Select(month => month.Start)],
            (lead, month) => new Part { OwnerId = null, Source = null, Status = null, Month = month, IsConverted = lead.ConvertedAt != null, Response = lead.Response, Range = lead.ResponseRange })),
    };

    /// <summary>Gives the quantiles of the groups, and of all together, the times that they need.</summary>
    private static async Task FillAsync(IQueryable<Part> parts, Dictionary<Key, Group> groups, Group total, CancellationToken ct)
    {
        decimal[] fractions = [Median, NineInTen];
        if (total.Times.Count == 0) return;
        var ofAll = total.Times.RangesOf(fractions);
        List<Expression<Func<Part, bool>>> near = [part => ofAll.Contains(part.Range!.Value), .. groups.Select(group => Near(group.Key, group.Value.Times.RangesOf(fractions)))];
        foreach (var part in await parts.Where(near.AnyOf()).OrderBy(part => part.Response).ToListAsync(ct))
        {
            groups[new Key(part.OwnerId, part.Source, part.Status, part.Month)].Times.Note(part.Range!.Value, part.Response!.Value);
            total.Times.Note(part.Range!.Value, part.Response!.Value);
        }
    }

    private static Expression<Func<Part, bool>> Near(Key key, List<long> ranges)
    {
        var (ownerId, source, status, month) = key;
        return part => part.OwnerId == ownerId && part.Source == source && part.Status == status && part.Month == month && ranges.Contains(part.Range!.Value);
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
    };

    private readonly record struct Key(string? OwnerId, LeadSource? Source, LeadStatus? Status, int Month);

    private sealed record Sum(Key Key, bool IsConverted, long? Range, int Count);

    private sealed class Part
    {
        public string? OwnerId { get; init; }
        public LeadSource? Source { get; init; }
        public LeadStatus? Status { get; init; }
        public int Month { get; init; }
        public bool IsConverted { get; init; }
        public long? Response { get; init; }
        public long? Range { get; init; }
    }

    private sealed class Group
    {
        public Group(IEnumerable<Sum> sums)
        {
            foreach (var range in sums.GroupBy(sum => sum.Range).OrderBy(range => range.Key))
            {
                var count = range.Sum(sum => sum.Count);
                Created += count;
                Converted += range.Where(sum => sum.IsConverted).Sum(sum => sum.Count);
                if (range.Key is { } answered) Times.Tally(answered, count);
            }
        }

        public static Group Empty { get; } = new([]);

        public int Created { get; }
        public int Converted { get; }

        /// <summary>Of those that were contacted.</summary>
        public Quantiles Times { get; } = new();
    }
}
