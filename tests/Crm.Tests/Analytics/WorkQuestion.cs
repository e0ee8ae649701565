using System.Globalization;
using Crm.Contracts.Json;
using Crm.Tests.Input;

namespace Crm.Tests.Analytics;

/// <summary>A report on leads, activities, tasks or users that somebody asks for.</summary>
/// <param name="Report">Its route.</param>
/// <param name="GroupBy">Null for the total alone.</param>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="Owners">Null for all.</param>
/// <param name="Source">Null for all.</param>
/// <param name="At">The instant.</param>
/// <param name="Zone">The tenant's.</param>
/// <param name="ByBob">Whether bob asks, who sees his own and what nobody owns; else ada, who sees all.</param>
internal sealed record WorkQuestion(string Report, string? GroupBy, DateOnly From, DateOnly To, IReadOnlyList<string>? Owners, string? Source, DateTimeOffset At, TimeZoneInfo Zone, bool ByBob)
{
    private static readonly string[] Reports = ["leads", "activities", "tasks", "leaderboard"];
    private static readonly string[][] OfOwners = [["bob"], ["none"], ["ada", "none"], ["carl", "bob"]];

    private static readonly Dictionary<string, string[]> Groups = new(StringComparer.Ordinal)
    {
        ["leads"] = ["source", "owner", "status", "month"],
        ["activities"] = ["type", "user", "day", "week", "month"],
        ["tasks"] = ["type", "assignee", "day", "week", "month"],
        ["leaderboard"] = [],
    };

    public static WorkQuestion ByChance(Random dice, WorkLedger ledger, string zoneId)
    {
        var report = dice.Pick(Reports);
        var at = dice.Pick(ledger.Instants).AddMilliseconds(dice.Chance(50) ? 0 : 300);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var from = DayOf(at, zone).AddDays(-dice.Next(25));
        var to = from.AddDays(dice.Next(30));
        var groupBy = Groups[report] is { Length: > 0 } groups && dice.Chance(85) ? dice.Pick(groups) : null;
        return new WorkQuestion(report, groupBy, from, to, dice.Chance(25) ? dice.Pick(OfOwners) : null, dice.Chance(25) ? "REFERRAL" : null, at, zone, dice.Chance(40));
    }

    public string Url
    {
        get
        {
            var url = $"/api/analytics/{Report}?from={Text(From)}&to={Text(To)}&asOf={Uri.EscapeDataString(InstantConverter.Format(At))}";
            if (GroupBy is not null) url += $"&groupBy={GroupBy}";
            if (Owners is not null) url += $"&ownerId={string.Join(',', Owners)}";
            return Source is null ? url : $"{url}&source={Source}";
        }
    }

    public bool IsWithin(DateTimeOffset? instant) => instant is { } at && DayOf(at, Zone) is var day && day >= From && day <= To;

    public bool IsOfOwners(string? owner) => Owners is null || Owners.Contains(owner ?? "none", StringComparer.Ordinal);

    /// <summary>The groups of what is counted, as the report has them.</summary>
    public IEnumerable<(string? Key, List<T> Items)> Split<T>(List<T> items, Func<T, string?> key, Func<T, DateTimeOffset> at) => GroupBy switch
    {
        null => [],
        "day" or "week" or "month" => Period.Between(From, To, GroupBy).Select(period => ((string?)period.Key, items.FindAll(item => Period.KeyOf(DayOf(at(item), Zone), GroupBy) == period.Key))),
        _ => items.GroupBy(key).OrderBy(group => group.Key is null).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, group.ToList())),
    };

    private static DateOnly DayOf(DateTimeOffset instant, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
