using Crm.Contracts.Analytics;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;

namespace Crm.Client;

/// <summary>The reports, and what is behind their figures. Each method throws a <see cref="CrmException"/> with 400 for an instant in the future, and for days that make no period.</summary>
public sealed partial class AnalyticsClient
{
    private const string Deals = "analytics/deals";

    private readonly Wire wire;

    internal AnalyticsClient(Wire wire) => this.wire = wire;

    /// <summary>The deals by the stage that they stand in.</summary>
    public Task<PipelineReport> PipelineAsync(PipelineReportQuery query, CancellationToken ct) => wire.SendAsync<PipelineReport>(HttpMethod.Get, $"analytics/pipeline{QueryString.Of(query)}", ct);

    /// <summary>What was won and what is expected.</summary>
    public Task<ForecastReport> ForecastAsync(ForecastQuery query, CancellationToken ct) => wire.SendAsync<ForecastReport>(HttpMethod.Get, $"analytics/forecast{QueryString.Of(query)}", ct);

    /// <summary>How far the deals came that were made in a period.</summary>
    public Task<FunnelReport> FunnelAsync(FunnelQuery query, CancellationToken ct) => wire.SendAsync<FunnelReport>(HttpMethod.Get, $"analytics/funnel{QueryString.Of(query)}", ct);

    /// <summary>How many of the deals that were closed were won.</summary>
    public Task<WinRateReport> WinRateAsync(WinRateQuery query, CancellationToken ct) => wire.SendAsync<WinRateReport>(HttpMethod.Get, $"analytics/win-rate{QueryString.Of(query)}", ct);

    /// <summary>How much is won a day.</summary>
    public Task<VelocityReport> VelocityAsync(VelocityQuery query, CancellationToken ct) => wire.SendAsync<VelocityReport>(HttpMethod.Get, $"analytics/velocity{QueryString.Of(query)}", ct);

    /// <summary>How the value that is open came to change.</summary>
    public Task<MovementReport> MovementAsync(MovementQuery query, CancellationToken ct) => wire.SendAsync<MovementReport>(HttpMethod.Get, $"analytics/movement{QueryString.Of(query)}", ct);

    /// <summary>How long deals stood in the stages that they left in a period.</summary>
    public Task<StageTimesReport> StageTimesAsync(StageTimesQuery query, CancellationToken ct) => wire.SendAsync<StageTimesReport>(HttpMethod.Get, $"analytics/stages{QueryString.Of(query)}", ct);

    /// <summary>A page of the deals that a figure counts.</summary>
    public Task<CountedDealPage> DealsAsync(CountedDealQuery query, CancellationToken ct) => wire.SendAsync<CountedDealPage>(HttpMethod.Get, $"{Deals}{QueryString.Of(query)}", ct);

    /// <summary>All deals that a figure of a report counts, page after page.</summary>
    /// <param name="drillDown">The <c>drillDown</c> of the figure.</param>
    /// <param name="ct">Stops reading.</param>
    /// <exception cref="ArgumentException"><paramref name="drillDown"/> is none.</exception>
    public IAsyncEnumerable<CountedDealView> FollowAsync(string drillDown, CancellationToken ct) =>
        WalkAsync(PathOf(Deals, drillDown), page => wire.SendAsync<CountedDealPage>(HttpMethod.Get, page, ct), page => (page.Items, page.NextCursor));

    private static string PathOf(string list, string drillDown) =>
        drillDown.StartsWith($"/api/{list}?", StringComparison.Ordinal) ? drillDown["/api/".Length..] : throw new ArgumentException($"This is no drillDown of a report to {list}.", nameof(drillDown));

    private static async IAsyncEnumerable<TItem> WalkAsync<TPage, TItem>(string path, Func<string, Task<TPage>> read, Func<TPage, (IReadOnlyList<TItem> Items, string? NextCursor)> parts)
    {
        for (var cursor = ""; cursor is not null;)
        {
            var (items, next) = parts(await read($"{path}&take={PageQuery.MaxTake}{(cursor.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}"));
            foreach (var item in items) yield return item;
            cursor = next;
        }
    }
}
