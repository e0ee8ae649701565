using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;
using Crm.Contracts.Settings;

namespace Crm.Services.Analytics;

/// <summary>The tenant's settings that figures depend on.</summary>
internal sealed record ReportSettings
{
    public required string TimeZone { get; init; }
    public required string Currency { get; init; }
    public required IReadOnlyList<WorkingHours> WorkingHours { get; init; }
    public required IReadOnlyList<DateOnly> Holidays { get; init; }

    public Calendar Calendar => new(TimeZoneInfo.FindSystemTimeZoneById(TimeZone));

    /// <summary>What they were before a change, from what its event tells.</summary>
    public ReportSettings Before(IReadOnlyDictionary<string, FieldChange> changes)
    {
        return new ReportSettings { TimeZone = Old("timeZone", TimeZone), Currency = Old("currency", Currency), WorkingHours = Old("workingHours", WorkingHours), Holidays = Old("holidays", Holidays) };

        T Old<T>(string member, T now) where T : class => changes.TryGetValue(member, out var change) && change.From is { } from ? from.Deserialize<T>(CrmJson.Options)! : now;
    }
}
