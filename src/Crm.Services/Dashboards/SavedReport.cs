using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Services.Analytics;

namespace Crm.Services.Dashboards;

/// <summary>A report that dashboards may hold.</summary>
public sealed class SavedReport
{
    private readonly Func<AnalyticsService, JsonObject, CancellationToken, Task<ReportView>> ask;

    private SavedReport(string name, Type query, Func<AnalyticsService, JsonObject, CancellationToken, Task<ReportView>> ask) => (Name, Query, this.ask) = (name, query, ask);

    /// <summary>All that there are.</summary>
    public static readonly FrozenDictionary<string, SavedReport> ByName = new[]
    {
        Of<PipelineReportQuery, PipelineReport>("pipeline", analytics => analytics.PipelineAsync),
        Of<ForecastQuery, ForecastReport>("forecast", analytics => analytics.ForecastAsync),
        Of<FunnelQuery, FunnelReport>("funnel", analytics => analytics.FunnelAsync),
        Of<WinRateQuery, WinRateReport>("win-rate", analytics => analytics.WinRateAsync),
        Of<VelocityQuery, VelocityReport>("velocity", analytics => analytics.VelocityAsync),
        Of<MovementQuery, MovementReport>("movement", analytics => analytics.MovementAsync),
        Of<StageTimesQuery, StageTimesReport>("stages", analytics => analytics.StageTimesAsync),
        Of<LeadReportQuery, LeadReport>("leads", analytics => analytics.LeadsAsync),
        Of<ActivityReportQuery, ActivityReport>("activities", analytics => analytics.ActivitiesAsync),
        Of<TaskReportQuery, TaskReport>("tasks", analytics => analytics.TasksAsync),
        Of<LeaderboardQuery, LeaderboardReport>("leaderboard", analytics => analytics.LeaderboardAsync),
    }.ToFrozenDictionary(report => report.Name, StringComparer.Ordinal);

    /// <summary>The last part of its path.</summary>
    public string Name { get; }

    /// <summary>The contract of its query.</summary>
    public Type Query { get; }

    /// <summary>Whether it is over the days from one to another.</summary>
    public bool HasPeriod => Query.IsAssignableTo(typeof(PeriodQuery));

    /// <param name="analytics">Whose caller's sight it is made under.</param>
    /// <param name="parameters">As its query has them.</param>
    /// <param name="ct">Stops it.</param>
    internal Task<ReportView> AskAsync(AnalyticsService analytics, JsonObject parameters, CancellationToken ct) => ask(analytics, parameters, ct);

    private static SavedReport Of<TQuery, TView>(string name, Func<AnalyticsService, Func<TQuery, CancellationToken, Task<KeptReport<TView>>>> of) where TQuery : ReportQuery where TView : ReportView =>
        new(name, typeof(TQuery), async (analytics, parameters, ct) => (await of(analytics)(parameters.Deserialize<TQuery>(CrmJson.Options)!, ct)).Read());
}
