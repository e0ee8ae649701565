using System.Globalization;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Contracts.Pipelines;

namespace Crm.Api.Analytics;

/// <summary>A counted deal as a line of CSV.</summary>
internal static class CountedDealRow
{
    public static readonly string[] Header = ["dealId", "name", "pipelineId", "stage", "kind", "ownerId", "expectedCloseDate", "createdAt", "closedAt", "lostReason", "currency", "value", "weightedValue"];

    public static string[] Of(CountedDealView deal) =>
    [
        $"{deal.DealId}", deal.Name ?? "", $"{deal.PipelineId}", deal.Stage, EnumNames<StageKind>.Of(deal.Kind), deal.OwnerId ?? "",
        deal.ExpectedCloseDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
        InstantConverter.Format(deal.CreatedAt), deal.ClosedAt is { } closed ? InstantConverter.Format(closed) : "", deal.LostReason ?? "",
        deal.Currency, Text(deal.Value), deal.WeightedValue is { } weighted ? Text(weighted) : "",
    ];

    private static string Text(decimal amount) => amount.ToString("0.####", CultureInfo.InvariantCulture);
}
