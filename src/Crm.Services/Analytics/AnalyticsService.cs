using Crm.Contracts.Analytics;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Services.Tenancy;

namespace Crm.Services.Analytics;

/// <summary>The reports, each of an instant: what was then, whatever has changed since.</summary>
public sealed class AnalyticsService
{
    private readonly CrmDbContext db;
    private readonly Caller caller;
    private readonly ReportScopes scopes;

    public AnalyticsService(CrmDbContext db, Caller caller, TimeProvider clock) => (this.db, this.caller, scopes) = (db, caller, new ReportScopes(db, caller, clock));

    /// <summary>The deals by the stage that they stand in.</summary>
    /// <exception cref="CrmException">400 for an instant in the future.</exception>
    public async Task<PipelineReport> PipelineAsync(PipelineReportQuery query, CancellationToken ct) => await PipelineReporter.ReportAsync(await scopes.OpenAsync(query, ct), ct);

    /// <summary>What was won and what is expected.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, for days in the wrong order, and for more than 400 periods.</exception>
    public async Task<ForecastReport> ForecastAsync(ForecastQuery query, CancellationToken ct) => await ForecastReporter.ReportAsync(await scopes.OpenAsync(query, ct), query, ct);

    /// <summary>How many of the deals that were closed were won.</summary>
    /// <inheritdoc cref="ForecastAsync"/>
    public async Task<WinRateReport> WinRateAsync(WinRateQuery query, CancellationToken ct) => await WinRateReporter.ReportAsync(await scopes.OpenAsync(query, ct), query, ct);

    /// <summary>How far the deals came that were made in a period.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, and for days in the wrong order.</exception>
    public async Task<FunnelReport> FunnelAsync(FunnelQuery query, CancellationToken ct) => await FunnelReporter.ReportAsync(await scopes.OpenAsync(query, ct), query, ct);

    /// <summary>How long deals stood in the stages that they left in a period.</summary>
    /// <inheritdoc cref="FunnelAsync"/>
    public async Task<StageTimesReport> StageTimesAsync(StageTimesQuery query, CancellationToken ct) => await StageTimesReporter.ReportAsync(await scopes.OpenAsync(query, ct), query, ct);

    /// <summary>How much is won a day.</summary>
    /// <inheritdoc cref="FunnelAsync"/>
    public async Task<VelocityReport> VelocityAsync(VelocityQuery query, CancellationToken ct) => await VelocityReporter.ReportAsync(await scopes.OpenAsync(query, ct), query, ct);

    /// <summary>How the value that is open came to change.</summary>
    /// <inheritdoc cref="ForecastAsync"/>
    public async Task<MovementReport> MovementAsync(MovementQuery query, CancellationToken ct) => await MovementReporter.ReportAsync(await scopes.OpenAsync(query, ct), query, ct);

    /// <summary>The deals that a figure of a report counts.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, for days in the wrong order, and for a cursor that this list didn't give; 403 for a key that isn't for deals.</exception>
    public async Task<CountedDealPage> CountedAsync(CountedDealQuery query, CancellationToken ct) => await (await OpenAsync(query, ct)).PageAsync(ct);

    /// <summary>All of them, whatever the page.</summary>
    /// <inheritdoc cref="CountedAsync"/>
    public async Task<IAsyncEnumerable<CountedDealView>> AllCountedAsync(CountedDealQuery query, CancellationToken ct) => await (await OpenAsync(query, ct)).AllAsync(ct);

    private async Task<CountedDeals> OpenAsync(CountedDealQuery query, CancellationToken ct)
    {
        caller.RefuseKeyWithout("deals");
        return new CountedDeals(db, await scopes.OpenAsync(query, ct), query);
    }
}
