using Crm.Api.Auth;
using Crm.Api.Edge;
using Crm.Api.Http;
using Crm.Contracts.Analytics;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Analytics;

namespace Crm.Api.Analytics;

internal static partial class AnalyticsRoutes
{
    public static void MapAnalytics(this IEndpointRouteBuilder api)
    {
        var analytics = api.MapGroup("/analytics").WithTags("Analytics").WithMetadata(new AlsoCsv(), new Unhurried());
        analytics.MapGet("/pipeline", Pipeline).WithName("GetPipelineReport").WithSummary("The deals by the stage that they stand in").RequireRole(Role.Viewer).Produces<PipelineReport>();
        analytics.MapGet("/forecast", Forecast).WithName("GetForecast").WithSummary("What was won and what is expected").RequireRole(Role.Viewer).Produces<ForecastReport>();
        analytics.MapGet("/funnel", Funnel).WithName("GetFunnel").WithSummary("How far the deals came that were made in a period").RequireRole(Role.Viewer).Produces<FunnelReport>();
        analytics.MapGet("/win-rate", WinRate).WithName("GetWinRate").WithSummary("How many of the closed deals were won").RequireRole(Role.Viewer).Produces<WinRateReport>();
        analytics.MapGet("/velocity", Velocity).WithName("GetVelocity").WithSummary("How much is won a day").RequireRole(Role.Viewer).Produces<VelocityReport>();
        analytics.MapGet("/movement", Movement).WithName("GetMovement").WithSummary("How the value that is open came to change").RequireRole(Role.Viewer).Produces<MovementReport>();
        analytics.MapGet("/stages", Stages).WithName("GetStageTimes").WithSummary("How long deals stand in their stages").RequireRole(Role.Viewer).Produces<StageTimesReport>();
        analytics.MapGet("/deals", Deals).WithName("ListCountedDeals").WithSummary("The deals that a figure counts").RequireRole(Role.Viewer).Produces<CountedDealPage>();
        MapWork(analytics);
    }

    /// <summary>By pipeline and stage, retired stages with those that took their deals: count, value, weighted value, days in the stage, and how many are rotting.</summary>
    private static async Task<IResult> Pipeline(QueryOf<PipelineReportQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "pipeline", await analytics.PipelineAsync(query.Value, ct), ct);

    /// <summary>Won deals by the day of closing, open ones by the day on which they are expected to close, in months, quarters or by owner. Open deals past their day stand apart as <c>overdue</c>, those without one as <c>undated</c>; lost ones count nowhere. <c>goals</c> tells how far each goal was attained whose month or quarter shares a day with these.</summary>
    private static async Task<IResult> Forecast(QueryOf<ForecastQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "forecast", await analytics.ForecastAsync(query.Value, ct), ct);

    /// <summary>Of the deals that were made in the period, how many ever came to each stage of their pipeline or beyond, whatever became of them, and how long they stayed there. Won ones reached all.</summary>
    private static async Task<IResult> Funnel(QueryOf<FunnelQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "funnel", await analytics.FunnelAsync(query.Value, ct), ct);

    /// <summary>Won ÷ (won + lost) of the deals that were closed in the period, by count and by value; null where none was. Open deals don't count.</summary>
    private static async Task<IResult> WinRate(QueryOf<WinRateQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "win-rate", await analytics.WinRateAsync(query.Value, ct), ct);

    /// <summary>Opportunities × win rate × average won value ÷ average cycle in days: the deals that were qualified in the period, and those that were closed in it.</summary>
    private static async Task<IResult> Velocity(QueryOf<VelocityQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "velocity", await analytics.VelocityAsync(query.Value, ct), ct);

    /// <summary>Opening + created + reopened + restored + increased − decreased − won − lost − deleted = closing, each in its currency and to the last decimal. What was done counts by when it was told; the filters choose deals by what they are at <c>asOf</c>.</summary>
    private static async Task<IResult> Movement(QueryOf<MovementQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "movement", await analytics.MovementAsync(query.Value, ct), ct);

    /// <summary>Median, nine in ten and mean of the days that deals stood in the open stages that they left in the period, re-entries added; those that are still there don't count.</summary>
    private static async Task<IResult> Stages(QueryOf<StageTimesQuery> query, AnalyticsService analytics, CancellationToken ct) =>
        await ReportCsv.OrAsync(query.Value, "stages", await analytics.StageTimesAsync(query.Value, ct), ct);

    /// <summary>Where every <c>drillDown</c> of a report on deals leads: exactly the deals that the figure counts, with what each counts with, as it was at <c>asOf</c> and under the caller's own sight.</summary>
    private static async Task<IResult> Deals(QueryOf<CountedDealQuery> query, HttpContext context, AnalyticsService analytics, CancellationToken ct)
    {
        if (query.Value.Format == ListFormat.Json) return Answers.Found(await analytics.CountedAsync(query.Value, ct));
        Csv.RefusePages(context);
        return await Csv.BeginAsync("deals", CountedDealRow.Header, analytics.AllCounted(query.Value, ct).Select(CountedDealRow.Of), ct);
    }
}
