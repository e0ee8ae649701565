using Crm.Contracts.Analytics;

namespace Crm.Client;

public sealed partial class AnalyticsClient
{
    private const string Leads = "analytics/leads";
    private const string Activities = "analytics/activities";
    private const string Tasks = "analytics/tasks";

    /// <summary>What became of the leads that were made in a period, and how soon they were answered.</summary>
    public Task<LeadReport> LeadsAsync(LeadReportQuery query, CancellationToken ct) => wire.SendAsync<LeadReport>(HttpMethod.Get, $"{Leads}{QueryString.Of(query)}", ct);

    /// <summary>What was done in a period.</summary>
    public Task<ActivityReport> ActivitiesAsync(ActivityReportQuery query, CancellationToken ct) => wire.SendAsync<ActivityReport>(HttpMethod.Get, $"{Activities}{QueryString.Of(query)}", ct);

    /// <summary>What became of the tasks that were due in a period.</summary>
    public Task<TaskReport> TasksAsync(TaskReportQuery query, CancellationToken ct) => wire.SendAsync<TaskReport>(HttpMethod.Get, $"{Tasks}{QueryString.Of(query)}", ct);

    /// <summary>Who achieved what in a period.</summary>
    public Task<LeaderboardReport> LeaderboardAsync(LeaderboardQuery query, CancellationToken ct) => wire.SendAsync<LeaderboardReport>(HttpMethod.Get, $"analytics/leaderboard{QueryString.Of(query)}", ct);

    /// <summary>A page of the leads that a figure counts.</summary>
    public Task<CountedPage<CountedLeadView>> CountedLeadsAsync(CountedLeadQuery query, CancellationToken ct) =>
        wire.SendAsync<CountedPage<CountedLeadView>>(HttpMethod.Get, $"{Leads}/counted{QueryString.Of(query)}", ct);

    /// <summary>A page of the activities that a figure counts.</summary>
    public Task<CountedPage<CountedActivityView>> CountedActivitiesAsync(CountedActivityQuery query, CancellationToken ct) =>
        wire.SendAsync<CountedPage<CountedActivityView>>(HttpMethod.Get, $"{Activities}/counted{QueryString.Of(query)}", ct);

    /// <summary>A page of the tasks that a figure counts.</summary>
    public Task<CountedPage<CountedTaskView>> CountedTasksAsync(CountedTaskQuery query, CancellationToken ct) =>
        wire.SendAsync<CountedPage<CountedTaskView>>(HttpMethod.Get, $"{Tasks}/counted{QueryString.Of(query)}", ct);

    /// <summary>All leads that a figure of a report counts, page after page.</summary>
    /// <inheritdoc cref="FollowAsync"/>
    public IAsyncEnumerable<CountedLeadView> FollowLeadsAsync(string drillDown, CancellationToken ct) => WalkAsync<CountedLeadView>($"{Leads}/counted", drillDown, ct);

    /// <summary>All activities that a figure of a report counts, page after page.</summary>
    /// <inheritdoc cref="FollowAsync"/>
    public IAsyncEnumerable<CountedActivityView> FollowActivitiesAsync(string drillDown, CancellationToken ct) => WalkAsync<CountedActivityView>($"{Activities}/counted", drillDown, ct);

    /// <summary>All tasks that a figure of a report counts, page after page.</summary>
    /// <inheritdoc cref="FollowAsync"/>
    public IAsyncEnumerable<CountedTaskView> FollowTasksAsync(string drillDown, CancellationToken ct) => WalkAsync<CountedTaskView>($"{Tasks}/counted", drillDown, ct);

    private IAsyncEnumerable<T> WalkAsync<T>(string list, string drillDown, CancellationToken ct) => WalkAsync(PathOf(list, drillDown), page => wire.SendAsync<CountedPage<T>>(HttpMethod.Get, page, ct), page => (page.Items, page.NextCursor));
}
