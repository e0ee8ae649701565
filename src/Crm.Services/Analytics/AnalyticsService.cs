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
    public Task<PipelineReport> PipelineAsync(PipelineReportQuery query, CancellationToken ct) => OfAsync(query, scope => PipelineReporter.ReportAsync(scope, ct), ct);

    /// <summary>What was won and what is expected.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, for days in the wrong order, and for more than 400 periods.</exception>
    public Task<ForecastReport> ForecastAsync(ForecastQuery query, CancellationToken ct) => OfAsync(query, scope => ForecastReporter.ReportAsync(scope, query, ct), ct);

    /// <summary>How many of the deals that were closed were won.</summary>
    /// <inheritdoc cref="ForecastAsync"/>
    public Task<WinRateReport> WinRateAsync(WinRateQuery query, CancellationToken ct) => OfAsync(query, scope => WinRateReporter.ReportAsync(scope, query, ct), ct);

    /// <summary>How far the deals came that were made in a period.</summary>
    /// <exception cref="CrmException">400 for an instant in the future, and for days in the wrong order.</exception>
    public Task<FunnelReport> FunnelAsync(FunnelQuery query, CancellationToken ct) => OfAsync(query, scope => FunnelReporter.ReportAsync(scope, query, ct), ct);

    /// <summary>How long deals stood in the stages that they left in a period.</summary>
    /// <inheritdoc cref="FunnelAsync"/>
    public Task<StageTimesReport> StageTimesAsync(StageTimesQuery query, CancellationToken ct) => OfAsync(query, scope => StageTimesReporter.ReportAsync(scope, query, ct), ct);

    /// <summary>How much is won a day.</summary>
    /// <inheritdoc cref="FunnelAsync"/>
    public Task<VelocityReport> VelocityAsync(VelocityQuery query, CancellationToken ct) => OfAsync(query, scope => VelocityReporter.ReportAsync(scope, query, ct), ct);

    /// <summary>How the value that is open came to change.</summary>
    /// <inheritdoc cref="ForecastAsync"/>
    public Task<MovementReport> MovementAsync(MovementQuery query, CancellationToken ct) => OfAsync(query, scope => MovementReporter.ReportAsync(scope, query, ct), ct);

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

    /// <summary>All that a report asks for is of one moment, or a change between two questions would be in a part of it.</summary>
    private Task<T> OfAsync<T>(ReportQuery query, Func<ReportScope, Task<T>> report, CancellationToken ct) =>
        db.ReadAsync(ReadPurpose.Sums, async () => await report(await scopes.OpenAsync(query, ct)), ct);
}
