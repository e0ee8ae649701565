using Crm.Contracts.Dashboards;
using Crm.Contracts.Workflows;
using Crm.Database.Queries;
using Crm.Database.Settings;
using Crm.Services.Analytics;
using Crm.Services.Dashboards;

namespace Crm.Services.Workflows;

/// <summary>By which clocks a tenant's workflows reckon.</summary>
internal sealed class WorkflowTime
{
    /// <summary>How often it is looked whether nothing happened for long enough.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    private readonly Calendar calendar;
    private readonly WorkingTime working;

    public WorkflowTime(Tenant tenant)
    {
        calendar = new Calendar(TimeZoneInfo.FindSystemTimeZoneById(tenant.TimeZone));
        working = new WorkingTime(calendar, Tenant.HoursOf(tenant.WorkingHours), Tenant.DaysOf(tenant.Holidays));
    }

    /// <summary>When so many minutes have passed, of working time or of any. A tenant that never works has no working time: then any counts.</summary>
    public DateTimeOffset After(DateTimeOffset from, int minutes, bool onlyWorking) =>
        onlyWorking && working.After(Instants.Micros(from), minutes * 60_000_000L) is { } at ? DateTimeOffset.UnixEpoch.AddMicroseconds(at) : from.AddMinutes(minutes);

    /// <summary>When the clock looks next for a workflow; null for one that events begin.</summary>
    public DateTimeOffset? NextLook(WorkflowTriggerFields trigger, DateTimeOffset after) =>
        trigger.Schedule is { } schedule ? Next(schedule, after) : trigger.Inactivity is null ? null : after + BetweenLooks;

    /// <summary>The first time of a schedule behind an instant.</summary>
    public DateTimeOffset Next(WorkflowScheduleFields schedule, DateTimeOffset after) => ScheduleTimes.Next(Of(schedule), calendar, after);

    /// <summary>The last time of a schedule up to an instant.</summary>
    public DateTimeOffset Last(WorkflowScheduleFields schedule, DateTimeOffset until) => ScheduleTimes.Last(Of(schedule), calendar, until);

    private static ScheduleFields Of(WorkflowScheduleFields schedule) => new() { Every = schedule.Weekday is null ? "day" : "week", Weekday = schedule.Weekday, Time = schedule.Time, By = DeliveryChannel.Email };
}
