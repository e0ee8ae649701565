using Crm.Contracts.Dashboards;

namespace Crm.Services.Dashboards;

/// <summary>What goes with what in a schedule.</summary>
internal static class ScheduleRules
{
    /// <summary>What is wrong, by its JSON pointer.</summary>
    public static IEnumerable<(string Pointer, string Fault)> FaultsOf(ScheduleFields schedule)
    {
        if (schedule.Every == "week" && schedule.Weekday is null) yield return ("/schedule/weekday", "is required for every week");
        if (schedule.Every != "week" && schedule.Weekday is not null) yield return ("/schedule/weekday", "goes with every week alone");
        if (schedule.Every == "month" && schedule.Day is null) yield return ("/schedule/day", "is required for every month");
        if (schedule.Every != "month" && schedule.Day is not null) yield return ("/schedule/day", "goes with every month alone");
        if (schedule.By == DeliveryChannel.Email && schedule.To.Count == 0) yield return ("/schedule/to", "must hold at least 1 member by EMAIL");
        if (schedule.By == DeliveryChannel.Webhook && schedule.To.Count > 0) yield return ("/schedule/to", "must be empty by WEBHOOK, which goes to the tenant's webhooks");
    }
}
