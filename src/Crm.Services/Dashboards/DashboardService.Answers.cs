using System.Text.Json;
using Crm.Contracts.Analytics;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;
using Crm.Database.Dashboards;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Dashboards;

public sealed partial class DashboardService
{
    private static readonly Sorting<DashboardDelivery> DeliverySorts = new Sorting<DashboardDelivery>("dashboard-deliveries", d => d.Id).By("dueAt", d => d.DueAt);

    /// <summary>All reports of a dashboard, of one instant and under the caller's own sight; null for no such dashboard. One that can't be made says why, and the others are there.</summary>
    /// <exception cref="CrmException">400 for an instant in the future; 403 for a key that isn't for analytics.</exception>
    public Task<DashboardAnswersView?> AnswersAsync(Guid id, DateTimeOffset? asOf, CancellationToken ct) => AskAsync(
        id, asOf,
        async (at, asked) =>
        {
            var answers = new List<DashboardAnswerView>(asked.Count);
            foreach (var report in asked)
            {
                var (made, problem) = await report.TryAsync(analytics, ct);
                answers.Add(Answer(report, made, problem));
            }

            return new DashboardAnswersView { AsOf = at, Reports = answers };
        },
        ct);

    /// <summary>One report of a dashboard, under the caller's own sight; null for no such dashboard, or report in it.</summary>
    /// <exception cref="CrmException">400 for what the report itself refuses; 403 for a key that isn't for analytics.</exception>
    public Task<DashboardAnswerView?> AnswerAsync(Guid id, string key, DateTimeOffset? asOf, CancellationToken ct) => AskAsync(
        id, asOf,
        async (_, asked) => asked.FirstOrDefault(report => report.Key == key) is { } report ? Answer(report, await report.AskAsync(analytics, ct), null) : null,
        ct);

    /// <summary>One report of a dashboard as the report itself is.</summary>
    /// <inheritdoc cref="AnswerAsync"/>
    public Task<ReportView?> ReportAsync(Guid id, string key, DateTimeOffset? asOf, CancellationToken ct) => AskAsync(
        id, asOf,
        async (_, asked) => asked.FirstOrDefault(report => report.Key == key) is { } report ? await report.AskAsync(analytics, ct) : null,
        ct);

    /// <summary>What was delivered of a dashboard, and what came of it.</summary>
    /// <exception cref="CrmException">404.</exception>
    public async Task<Page<DashboardDeliveryView>> ListDeliveriesAsync(Guid id, DashboardDeliveryQuery query, CancellationToken ct)
    {
        if (!await Seen.AnyAsync(d => d.Id == id, ct)) throw CrmException.NotFound("dashboard", id);
        var deliveries = db.DashboardDeliveries.AsNoTracking().Where(d => d.DashboardId == id);
        if (query.State is { } states) deliveries = deliveries.Where(d => states.Contains(d.State));
        return (await deliveries.ToPageAsync(query, DeliverySorts, d => d, ct)).Select(DashboardViews.Of);
    }

    /// <summary>Looks once for the instant of all that is answered.</summary>
    private async Task<T?> AskAsync<T>(Guid id, DateTimeOffset? asOf, Func<DateTimeOffset, IReadOnlyList<AskedReport>, Task<T?>> ask, CancellationToken ct) where T : class
    {
        caller.RefuseKeyWithout("analytics");
        if (await Seen.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct) is not { } dashboard) return null;
        var (at, calendar) = await analytics.MomentAsync(asOf, ct);
        return await ask(at, [.. dashboard.ReadReports().Select(report => AskedReport.Of(report, at, calendar, caller.UserId))]);
    }

    private static DashboardAnswerView Answer(AskedReport report, ReportView? made, string? problem) => new()
    {
        Key = report.Key,
        Name = report.Name,
        Report = report.Report,
        Url = report.Url,
        Answer = made is null ? null : JsonSerializer.SerializeToElement(made, made.GetType(), CrmJson.Options),
        Problem = problem,
    };
}
