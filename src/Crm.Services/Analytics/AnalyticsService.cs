using Crm.Contracts.Analytics;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Services.Tenancy;

namespace Crm.Services.Analytics;

/// <summary>The reports, each of an instant: what was then, whatever has changed since.</summary>
public sealed partial class AnalyticsService
{
    private readonly CrmDbContext db;
    private readonly Caller caller;
    private readonly ReportScopes scopes;
    private readonly ReportMoments moments;
    private readonly ReportCache cache;

    public AnalyticsService(CrmDbContext db, Caller caller, TimeProvider clock, ReportCache cache) =>
        (this.db, this.caller, this.cache, scopes, moments) = (db, caller, cache, new ReportScopes(db, caller, clock), new ReportMoments(db, clock));

    /// <summary>The deals by the stage that they stand in.</summary>
    /// <exception cref="CrmException">400 for an instant in the future.</exception>
    public Task<KeptReport<PipelineReport>> PipelineAsync(PipelineReportQuery query, CancellationToken ct) => OfAsync("pipeline", query, (scope, stop) => PipelineReporter.ReportAsync(scope, stop), ct);

    /// <summary>What was won and what is expected.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, for days in the wrong order, and for more than 400 periods.</exception>
    public Task<KeptReport<ForecastReport>> ForecastAsync(ForecastQuery query, CancellationToken ct) => OfAsync("forecast", query, (scope, stop) => ForecastReporter.ReportAsync(scope, query, stop), ct);

    /// <summary>How many of the deals that were closed were won.</summary>
    /// <inheritdoc cref="ForecastAsync"/>
    public Task<KeptReport<WinRateReport>> WinRateAsync(WinRateQuery query, CancellationToken ct) => OfAsync("win-rate", query, (scope, stop) => WinRateReporter.ReportAsync(scope, query, stop), ct);

    /// <summary>How far the deals came that were made in a period.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, and for days in the wrong order.</exception>
    public Task<KeptReport<FunnelReport>> FunnelAsync(FunnelQuery query, CancellationToken ct) => OfAsync("funnel", query, (scope, stop) => FunnelReporter.ReportAsync(scope, query, stop), ct);

    /// <summary>How long deals stood in the stages that they left in a period.</summary>
    /// <inheritdoc cref="FunnelAsync"/>
    public Task<KeptReport<StageTimesReport>> StageTimesAsync(StageTimesQuery query, CancellationToken ct) => OfAsync("stages", query, (scope, stop) => StageTimesReporter.ReportAsync(scope, query, stop), ct);

    /// <summary>How much is won a day.</summary>
    /// <inheritdoc cref="FunnelAsync"/>
    public Task<KeptReport<VelocityReport>> VelocityAsync(VelocityQuery query, CancellationToken ct) => OfAsync("velocity", query, (scope, stop) => VelocityReporter.ReportAsync(scope, query, stop), ct);

    /// <summary>How the value that is open came to change.</summary>
    /// <inheritdoc cref="ForecastAsync"/>
    public Task<KeptReport<MovementReport>> MovementAsync(MovementQuery query, CancellationToken ct) => OfAsync("movement", query, (scope, stop) => MovementReporter.ReportAsync(scope, query, stop), ct);

    /// <summary>The deals that a figure of a report counts.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, for days in the wrong order, and for a cursor that this list didn't give; 403 for a key that isn't for deals.</exception>
    public Task<CountedDealPage> CountedAsync(CountedDealQuery query, CancellationToken ct)
    {
        caller.RefuseKeyWithout("deals");
        return db.ReadAsync(ReadPurpose.Rows, async () => await new CountedDeals(db, await scopes.OpenAsync(query, ct), query).PageAsync(ct), ct);
    }

    /// <summary>All of them, whatever the page, read while they are taken.</summary>
    /// <inheritdoc cref="CountedAsync"/>
    public IAsyncEnumerable<CountedDealView> AllCounted(CountedDealQuery query, CancellationToken ct)
    {
        caller.RefuseKeyWithout("deals");
        return db.StreamAsync(async () => await new CountedDeals(db, await scopes.OpenAsync(query, ct), query).AllAsync(ct), ct);
    }

    /// <summary>The one instant that several reports are of, and the calendar by which they count days. Asked for now, it is that of the last change or the beginning of the minute, so that whoever asks in the same minute is answered with what is kept.</summary>
    /// <exception cref="CrmException">400 for an instant in the future.</exception>
    internal async Task<(DateTimeOffset AsOf, Calendar Calendar)> MomentAsync(DateTimeOffset? asOf, CancellationToken ct)
    {
        var instant = await moments.OfSeveralAsync(asOf, ct);
        return (instant, await scopes.CalendarAsync(instant, ct));
    }

    private async Task<KeptReport<T>> OfAsync<T>(string report, ReportQuery query, Func<ReportScope, CancellationToken, Task<T>> make, CancellationToken ct) where T : ReportView
    {
        var moment = await moments.OfAsync(query.AsOf, ct);
        return await cache.OfAsync(report, query, moment.Version, caller, async (scope, stop) => (T)(await make(scope, stop) with { Rates = scope.Exchange?.Rates }), ct);
    }
}
