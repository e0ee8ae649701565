using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Analytics;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Analytics;

namespace Crm.Api.Analytics;

internal static partial class AnalyticsRoutes
{
    private static void MapWork(RouteGroupBuilder analytics)
    {
        analytics.MapGet("/leads", Leads).WithName("GetLeadReport").WithSummary("What became of leads, and how soon they were answered").RequireRole(Role.Viewer).Produces<LeadReport>();
        analytics.MapGet("/leads/counted", CountedLeads).WithName("ListCountedLeads").WithSummary("The leads that a figure counts").RequireRole(Role.Viewer).Produces<CountedPage<CountedLeadView>>();
        analytics.MapGet("/activities", Activities).WithName("GetActivityReport").WithSummary("What was done").RequireRole(Role.Viewer).Produces<ActivityReport>();
        analytics.MapGet("/activities/counted", CountedActivities).WithName("ListCountedActivities").WithSummary("The activities that a figure counts").RequireRole(Role.Viewer).Produces<CountedPage<CountedActivityView>>();
        analytics.MapGet("/tasks", Tasks).WithName("GetTaskReport").WithSummary("What became of the tasks that were due").RequireRole(Role.Viewer).Produces<TaskReport>();
        analytics.MapGet("/tasks/counted", CountedTasks).WithName("ListCountedTasks").WithSummary("The tasks that a figure counts").RequireRole(Role.Viewer).Produces<CountedPage<CountedTaskView>>();
        analytics.MapGet("/leaderboard", Leaderboard).WithName("GetLeaderboard").WithSummary("Who achieved what").RequireRole(Role.Viewer).Produces<LeaderboardReport>();
    }

    /// <summary>Of the leads that were made in the period: how many were contacted and converted, and the median and nine in ten of the minutes, on the wall and of working time, to the first outbound call, e-mail or meeting by a person.</summary>
    private static async Task<IResult> Leads(QueryOf<LeadReportQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "lead-report", await analytics.LeadsAsync(query.Value, ct), ct);

    /// <summary>Where every <c>drillDown</c> of the report on leads leads: exactly the leads that the figure counts, as they were at <c>asOf</c> and under the caller's own sight.</summary>
    private static async Task<IResult> CountedLeads(QueryOf<CountedLeadQuery> query, HttpContext context, AnalyticsService analytics, CancellationToken ct)
    {
        if (query.Value.Format == ListFormat.Json) return Answers.Found(await analytics.CountedLeadsAsync(query.Value, ct));
        Csv.RefusePages(context);
        return await Csv.BeginAsync("leads", CountedRow.LeadHeader, analytics.AllCountedLeads(query.Value, ct).Select(CountedRow.Of), ct);
    }

    /// <summary>The activities that took place in the period, by type, member or day. Of a record that the caller sees all that was done for it counts.</summary>
    private static async Task<IResult> Activities(QueryOf<ActivityReportQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "activity-report", await analytics.ActivitiesAsync(query.Value, ct), ct);

    /// <summary>Where every <c>drillDown</c> to activities leads: exactly those that the figure counts, as they were at <c>asOf</c> and under the caller's own sight.</summary>
    private static async Task<IResult> CountedActivities(QueryOf<CountedActivityQuery> query, HttpContext context, AnalyticsService analytics, CancellationToken ct)
    {
        if (query.Value.Format == ListFormat.Json) return Answers.Found(await analytics.CountedActivitiesAsync(query.Value, ct));
        Csv.RefusePages(context);
        return await Csv.BeginAsync("activities", CountedRow.ActivityHeader, analytics.AllCountedActivities(query.Value, ct).Select(CountedRow.Of), ct);
    }

    /// <summary>Of the tasks that were due in the period: how many were done on time, done late, are overdue or still open. Those that are due at no time stand apart as <c>undated</c>.</summary>
    private static async Task<IResult> Tasks(QueryOf<TaskReportQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "task-report", await analytics.TasksAsync(query.Value, ct), ct);

    /// <summary>Where every <c>drillDown</c> to tasks leads: exactly those that the figure counts, as they were at <c>asOf</c> and under the caller's own sight.</summary>
    private static async Task<IResult> CountedTasks(QueryOf<CountedTaskQuery> query, HttpContext context, AnalyticsService analytics, CancellationToken ct)
    {
        if (query.Value.Format == ListFormat.Json) return Answers.Found(await analytics.CountedTasksAsync(query.Value, ct));
        Csv.RefusePages(context);
        return await Csv.BeginAsync("tasks", CountedRow.TaskHeader, analytics.AllCountedTasks(query.Value, ct).Select(CountedRow.Of), ct);
    }

    /// <summary>By user: deals won and made, activities, and tasks done in the period. Deals and tasks are whose they are at <c>asOf</c>, activities whose they were. <c>goals</c> tells how far each goal was attained whose month or quarter shares a day with these.</summary>
    private static async Task<IResult> Leaderboard(QueryOf<LeaderboardQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "leaderboard", await analytics.LeaderboardAsync(query.Value, ct), ct);
}
