using System.Text.Json;
using Crm.Contracts.Analytics;
using Crm.Contracts.Deals;
using Shouldly;

namespace Crm.Tests.Analytics;

/// <summary>Follows every figure of a report to the deals that it counts.</summary>
internal static class DrillDownCheck
{
    public static async Task FollowAsync(this Play play, Question question, DateTimeOffset at)
    {
        var url = question.Url(play.Ledger, at, saysWhen: true);
        var answer = await play.Ada.FoundAsync(url);
        var drillDowns = DrillDowns(answer.Report(question.Report), new Book(play.Ledger, question, at));
        ReportCalls.About(url, () => UrlsIn(answer.Json, "").Order(StringComparer.Ordinal)
            .ShouldBe(drillDowns.Select(one => one.Url).Order(StringComparer.Ordinal), ignoreOrder: false, customMessage: "There are other drill-downs."));

        var deals = play.Ledger.Stories(at).ToDictionary(story => story[0].Deal.Id, story => story[^1].Deal);
        foreach (var drillDown in drillDowns)
        {
            var items = await WalkAsync(play.Ada, drillDown.Url, 200, at);
            var again = items.Count == 0 ? items : await WalkAsync(play.Ada, drillDown.Url, 3, at);
            ReportCalls.About($"{url}\n{drillDown.Url}", () =>
            {
                again.ShouldBe(items, ignoreOrder: false, customMessage: "By threes there are other deals.");
                Compare(items, drillDown);
                foreach (var item in items) Compare(item, deals.GetValueOrDefault(item.DealId).ShouldNotBeNull("There was no such deal."));
            });
        }
    }

    private static List<DrillDown> DrillDowns(ReportView report, Book book) => report switch
    {
        PipelineReport pipeline => PipelineFigures.DrillDowns(pipeline),
        ForecastReport forecast => ForecastFigures.DrillDowns(forecast),
        WinRateReport winRate => WinRateFigures.DrillDowns(winRate),
        FunnelReport funnel => FunnelFigures.DrillDowns(funnel),
        StageTimesReport stageTimes => StageTimesFigures.DrillDowns(stageTimes),
        VelocityReport velocity => VelocityFigures.DrillDowns(velocity, book),
        _ => MovementFigures.DrillDowns((MovementReport)report),
    };

    /// <summary>The texts of an answer that are called drill-downs, or that stand in what is called so.</summary>
    private static IEnumerable<string> UrlsIn(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => UrlsIn(member.Value, IsDrillDown(name) ? name : member.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => UrlsIn(item, name)),
        JsonValueKind.String when IsDrillDown(name) => [element.GetString()!],
        _ => [],
    };

    private static bool IsDrillDown(string name) => name.EndsWith("drillDown", StringComparison.OrdinalIgnoreCase);

    /// <summary>All the pages.</summary>
    private static async Task<List<CountedDealView>> WalkAsync(Client client, string url, int take, DateTimeOffset at)
    {
        var (items, cursor, total) = (new List<CountedDealView>(), "", 0);
        do
        {
            var next = $"{url}&take={take}{cursor}";
            var page = (await client.FoundAsync(next)).As<CountedDealPage>();
            ReportCalls.About(next, () =>
            {
                page.AsOf.ShouldBe(at);
                page.Items.Count.ShouldBeLessThanOrEqualTo(take);
                if (page.NextCursor is not null) page.Items.Count.ShouldBe(take);
                if (cursor.Length > 0) page.Total.ShouldBe(total);
            });
            items.AddRange(page.Items);
            (total, cursor) = (page.Total, page.NextCursor is { } more ? $"&cursor={Uri.EscapeDataString(more)}" : "");
        }
        while (cursor.Length > 0);

        items.Count.ShouldBe(total, $"{url}&take={take}: the total isn't what there is.");
        return items;
    }

    private static void Compare(List<CountedDealView> items, DrillDown drillDown)
    {
        var keys = items.ConvertAll(item => $"{item.DealId} in {item.Currency}");
        keys.Distinct(StringComparer.Ordinal).Count().ShouldBe(keys.Count, "A deal comes twice.");
        var ids = items.ConvertAll(item => $"{item.DealId}");
        ids.ShouldBe(ids.Order(StringComparer.Ordinal), ignoreOrder: false, customMessage: "The deals are in the order of their ids.");
        if (drillDown.Count is { } count) items.Count.ShouldBe(count);
        if (drillDown.Value is not null) Sum(items, item => item.Value).ShouldBe(drillDown.Value.ToString(), "The values don't add up.");
        if (drillDown.Weighted is not null) Sum(items, item => item.WeightedValue.ShouldNotBeNull()).ShouldBe(drillDown.Weighted.ToString(), "The weighted values don't add up.");
    }

    private static string Sum(List<CountedDealView> items, Func<CountedDealView, decimal> amount)
    {
        var sums = new Sums();
        foreach (var item in items) sums.Add(item.Currency, amount(item));
        return sums.ToString();
    }

    /// <summary>That an item shows its deal as it was.</summary>
    private static void Compare(CountedDealView item, DealView deal)
    {
        (item.PipelineId, item.Stage, item.OwnerId, item.ExpectedCloseDate).ShouldBe((deal.PipelineId, deal.Stage, deal.OwnerId, deal.ExpectedCloseDate));
        (item.CreatedAt, item.ClosedAt, item.LostReason).ShouldBe((deal.CreatedAt, deal.ClosedAt, deal.LostReason));
    }
}
