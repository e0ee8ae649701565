using System.Text.Json;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Json;
using Crm.Database.Dashboards;

namespace Crm.Services.Dashboards;

internal static class DashboardViews
{
    public static DashboardView Of(Dashboard dashboard) => new()
    {
        Id = dashboard.Id,
        Name = dashboard.Name,
        IsShared = dashboard.IsShared,
        OwnerId = dashboard.OwnerId,
        Reports = [.. dashboard.ReadReports().Select(report => new DashboardReportView { Key = report.Key!, Name = report.Name, Report = report.Report, Parameters = report.Parameters!.Value })],
        Schedule = dashboard.ReadSchedule() is { } schedule ? Of(schedule, dashboard) : null,
        CreatedAt = dashboard.CreatedAt,
        CreatedBy = dashboard.CreatedBy,
        UpdatedAt = dashboard.UpdatedAt,
        UpdatedBy = dashboard.UpdatedBy,
        Version = dashboard.Version,
    };

    public static DashboardDeliveryView Of(DashboardDelivery delivery) => new()
    {
        Id = delivery.Id,
        DueAt = delivery.DueAt,
        By = delivery.Channel,
        State = delivery.State,
        Attempts = delivery.Attempts,
        Problem = delivery.Problem,
        Recipients = [.. delivery.ReadRecipients().Select(one => new DeliveryRecipientView { UserId = one.UserId, State = one.State, Problem = one.Problem, SentAt = one.SentAt })],
        Reports = [.. ReportsOf(delivery).Select(Of)],
        CreatedAt = delivery.CreatedAt,
        EndedAt = delivery.EndedAt,
    };

    public static DeliveredReportView Of(AskedReport report) => new() { Key = report.Key, Name = report.Name, Report = report.Report, Url = report.Url };

    /// <summary>What a delivery is of.</summary>
    public static IReadOnlyList<AskedReport> ReportsOf(DashboardDelivery delivery) => JsonSerializer.Deserialize<List<AskedReport>>(delivery.Reports, CrmJson.Options)!;

    private static ScheduleView Of(ScheduleFields schedule, Dashboard dashboard) => new()
    {
        Every = schedule.Every,
        Weekday = schedule.Weekday,
        Day = schedule.Day,
        Time = schedule.Time,
        By = schedule.By!.Value,
        To = schedule.To,
        NextAt = dashboard.NextAt,
        StoppedAt = dashboard.StoppedAt,
        StoppedReason = dashboard.StoppedReason,
    };
}
