using System.Text.Json;
using Crm.Contracts;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Json;

namespace Crm.Api.OpenApi;

internal static partial class ViewExamples
{
    private static readonly DateTimeOffset Due = new(2026, 11, 30, 6, 0, 0, TimeSpan.Zero);

    private static DashboardView Dashboard => new()
    {
        Id = new Guid("019aa5c0-6f10-7b3e-9d42-8e1a7c5b3f26"),
        Name = "Monday round",
        IsShared = true,
        OwnerId = User,
        Reports = [new DashboardReportView { Key = "forecast", Name = "This quarter", Report = "forecast", Parameters = JsonSerializer.SerializeToElement(new { Period = "this-quarter", GroupBy = "owner" }, CrmJson.Options) }],
        Schedule = new ScheduleView { Every = "week", Weekday = Weekday.Monday, Day = null, Time = "07:00", By = DeliveryChannel.Email, To = [User], NextAt = Due.AddDays(7), StoppedAt = null, StoppedReason = null },
        CreatedAt = Made,
        CreatedBy = User,
        UpdatedAt = Changed,
        UpdatedBy = User,
        Version = 2,
    };

    private static DeliveredReportView DeliveredReport => new() { Key = "forecast", Name = "This quarter", Report = "forecast", Url = "/api/analytics/forecast?from=2026-10-01&to=2026-12-31&groupBy=owner&asOf=2026-11-30T06%3A00%3A00Z" };

    private static DashboardAnswerView DashboardAnswer => new()
    {
        Key = DeliveredReport.Key,
        Name = DeliveredReport.Name,
        Report = DeliveredReport.Report,
        Url = DeliveredReport.Url,
        Answer = JsonSerializer.SerializeToElement(OfAnalytics.First(report => report is Contracts.Analytics.ForecastReport), CrmJson.Options),
        Problem = null,
    };

    private static DashboardDeliveryView DashboardDelivery => new()
    {
        Id = new Guid("019aa8f2-1b40-7c55-a1e8-4d9c2b6f7a31"),
        DueAt = Due,
        By = DeliveryChannel.Email,
        State = DeliveryState.Delivered,
        Attempts = 1,
        Problem = null,
        Recipients = [new DeliveryRecipientView { UserId = User, State = DeliveryState.Delivered, Problem = null, SentAt = Due.AddSeconds(48) }],
        Reports = [DeliveredReport],
        CreatedAt = Due.AddSeconds(46),
        EndedAt = Due.AddSeconds(48),
    };

    private static IEnumerable<object> OfDashboards => [Dashboard, PageOf(Dashboard), new DashboardAnswersView { AsOf = Due, Reports = [DashboardAnswer] }, DashboardAnswer, DashboardDelivery, PageOf(DashboardDelivery)];
}
