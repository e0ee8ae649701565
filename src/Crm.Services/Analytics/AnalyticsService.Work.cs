using Crm.Contracts.Analytics;
using Crm.Contracts.Failures;
using Crm.Database;

namespace Crm.Services.Analytics;

public sealed partial class AnalyticsService
{
    /// <summary>What became of the leads that were made in a period, and how soon they were answered.</summary>
    /// <inheritdoc cref="ForecastAsync"/>
    public Task<KeptReport<LeadReport>> LeadsAsync(LeadReportQuery query, CancellationToken ct) => OfAsync("leads", query, (scope, stop) => LeadReporter.ReportAsync(scope, query, stop), ct);

    /// <summary>What was done in a period.</summary>
    /// <inheritdoc cref="ForecastAsync"/>
    public Task<KeptReport<ActivityReport>> ActivitiesAsync(ActivityReportQuery query, CancellationToken ct) => OfAsync("activities", query, (scope, stop) => ActivityReporter.ReportAsync(scope, query, stop), ct);

    /// <summary>What became of the tasks that were due in a period.</summary>
    /// <inheritdoc cref="ForecastAsync"/>
    public Task<KeptReport<TaskReport>> TasksAsync(TaskReportQuery query, CancellationToken ct) => OfAsync("tasks", query, (scope, stop) => TaskReporter.ReportAsync(scope, query, stop), ct);

    /// <summary>Who achieved what in a period.</summary>
    /// <inheritdoc cref="FunnelAsync"/>
    public Task<KeptReport<LeaderboardReport>> LeaderboardAsync(LeaderboardQuery query, CancellationToken ct) => OfAsync("leaderboard", query, (scope, stop) => LeaderboardReporter.ReportAsync(scope, query, stop), ct);

    /// <summary>The leads that a figure of a report counts.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, for days in the wrong order, and for a cursor that this list didn't give; 403 for a key that isn't for leads.</exception>
    public Task<CountedPage<CountedLeadView>> CountedLeadsAsync(CountedLeadQuery query, CancellationToken ct) => CountedAsync("leads", query, scope => CountedLeads.Of(db, scope, query).PageAsync(query, ct), ct);

    /// <summary>All of them, whatever the page, read while they are taken.</summary>
    /// <inheritdoc cref="CountedLeadsAsync"/>
    public IAsyncEnumerable<CountedLeadView> AllCountedLeads(CountedLeadQuery query, CancellationToken ct) => StreamAsync("leads", query, scope => CountedLeads.Of(db, scope, query).All, ct);

    /// <summary>The activities that a report counts.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, for days in the wrong order, and for a cursor that this list didn't give; 403 for a key that isn't for activities.</exception>
    public Task<CountedPage<CountedActivityView>> CountedActivitiesAsync(CountedActivityQuery query, CancellationToken ct) => CountedAsync("activities", query, scope => CountedActivities.Of(db, scope, query).PageAsync(query, ct), ct);

    /// <summary>All of them, whatever the page, read while they are taken.</summary>
    /// <inheritdoc cref="CountedActivitiesAsync"/>
    public IAsyncEnumerable<CountedActivityView> AllCountedActivities(CountedActivityQuery query, CancellationToken ct) => StreamAsync("activities", query, scope => CountedActivities.Of(db, scope, query).All, ct);

    /// <summary>The tasks that a figure of a report counts.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, for days in the wrong order, for those of a figure that has none, and for a cursor that this list didn't give; 403 for a key that isn't for tasks.</exception>
    public Task<CountedPage<CountedTaskView>> CountedTasksAsync(CountedTaskQuery query, CancellationToken ct) => CountedAsync("tasks", query, scope => CountedTasks.Of(db, scope, query).PageAsync(query, ct), ct);

    /// <summary>All of them, whatever the page, read while they are taken.</summary>
    /// <inheritdoc cref="CountedTasksAsync"/>
    public IAsyncEnumerable<CountedTaskView> AllCountedTasks(CountedTaskQuery query, CancellationToken ct) => StreamAsync("tasks", query, scope => CountedTasks.Of(db, scope, query).All, ct);

    private Task<T> CountedAsync<T>(string collection, ReportQuery query, Func<ReportScope, Task<T>> page, CancellationToken ct)
    {
        caller.RefuseKeyWithout(collection);
        return db.ReadAsync(ReadPurpose.Rows, async () => await page(await scopes.OpenAsync(query, ct)), ct);
    }

    private IAsyncEnumerable<T> StreamAsync<T>(string collection, ReportQuery query, Func<ReportScope, IAsyncEnumerable<T>> rows, CancellationToken ct)
    {
        caller.RefuseKeyWithout(collection);
        return db.StreamAsync(async () => rows(await scopes.OpenAsync(query, ct)), ct);
    }
}
