using Crm.Contracts.Analytics;
using Crm.Contracts.Goals;
using Crm.Contracts.Pipelines;

namespace Crm.Api.OpenApi;

internal static partial class ViewExamples
{
    private const string AsOf = "2026-11-20T10%3A57%3A04.118Z";
    private const string Counts = "/api/analytics/deals?figure=";

    private static AttainedGoal AttainedGoal => new()
    {
        GoalId = Goal.Id,
        OwnerId = User,
        TeamId = null,
        Period = "2026-12",
        Metric = GoalMetric.Value,
        PipelineId = null,
        Target = 40_000,
        Currency = "EUR",
        Attained = 8_000,
        Ratio = 0.2m,
        Unconverted = [new UnconvertedAmount { Currency = "CHF", Value = 1_200 }],
        DrillDown = $"{Counts}WON&asOf={AsOf}&currency=EUR&from=2026-12-01&to=2026-12-31&ownerId={User}",
    };

    private static IEnumerable<object> OfAnalytics =>
    [
        new PipelineReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            Currency = "EUR",
            Stages =
            [
                new PipelineReportStage
                {
                    PipelineId = PipelineId,
                    Stage = "PROPOSAL",
                    Kind = StageKind.Open,
                    Count = 2,
                    Value = 20500,
                    WeightedValue = 12300,
                    AverageDaysInStage = 12.5m,
                    RottingCount = 1,
                    Amounts = null,
                    DrillDown = $"{Counts}ALL&asOf={AsOf}&pipelineId={PipelineId}&stage=PROPOSAL",
                    RottingDrillDown = $"{Counts}ROTTING&asOf={AsOf}&pipelineId={PipelineId}&stage=PROPOSAL",
                },
            ],
            Total = new PipelineReportTotal
            {
                Count = 2,
                Value = 20500,
                WeightedValue = 12300,
                AverageDaysInStage = 12.5m,
                RottingCount = 1,
                Amounts = null,
                DrillDown = $"{Counts}OPEN&asOf={AsOf}",
                RottingDrillDown = $"{Counts}ROTTING&asOf={AsOf}",
            },
        },
        new ForecastReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            Currency = "EUR",
            From = new DateOnly(2026, 12, 1),
            To = new DateOnly(2026, 12, 31),
            Periods = [Forecast with { Period = "2026-12" }],
            Total = Forecast,
            Overdue = new ForecastApart { Count = 1, Value = 3000, WeightedValue = 300, Amounts = null, DrillDown = $"{Counts}OVERDUE&asOf={AsOf}" },
            Undated = new ForecastApart { Count = 0, Value = 0, WeightedValue = 0, Amounts = null, DrillDown = $"{Counts}UNDATED&asOf={AsOf}" },
            Goals = [AttainedGoal],
        },
        new WinRateReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            Currency = "EUR",
            From = new DateOnly(2026, 10, 1),
            To = new DateOnly(2026, 10, 31),
            Groups = [new WinRateGroup { Key = User, Won = Won, Lost = Lost, WinRate = 0.25m, WinRateByValue = 0.4m, Amounts = null }],
            Total = new WinRateRow { Won = Won, Lost = Lost, WinRate = 0.25m, WinRateByValue = 0.4m, Amounts = null },
        },
        new MovementReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            Currency = "EUR",
            From = new DateOnly(2026, 10, 1),
            To = new DateOnly(2026, 10, 31),
            Periods =
            [
                new MovementPeriod
                {
                    Period = "2026-10",
                    Opening = 50000,
                    Created = 12000,
                    Reopened = 0,
                    Restored = 0,
                    Increased = 1500,
                    Decreased = 500,
                    Won = 8000,
                    Lost = 12000,
                    Deleted = 0,
                    Closing = 43000,
                    Amounts = null,
                    DrillDown = new MovementDrillDown
                    {
                        Opening = Moved("OPENING"),
                        Created = Moved("CREATED"),
                        Reopened = Moved("REOPENED"),
                        Restored = Moved("RESTORED"),
                        Increased = Moved("INCREASED"),
                        Decreased = Moved("DECREASED"),
                        Won = Moved("MOVED_TO_WON"),
                        Lost = Moved("MOVED_TO_LOST"),
                        Deleted = Moved("DELETED"),
                        Closing = Moved("CLOSING"),
                    },
                },
            ],
        },
        new FunnelReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            From = new DateOnly(2026, 10, 1),
            To = new DateOnly(2026, 10, 31),
            Stages =
            [
                new FunnelStage
                {
                    PipelineId = PipelineId,
                    Stage = "QUALIFIED",
                    Kind = StageKind.Open,
                    Reached = 30,
                    ConversionFromPrevious = 0.75m,
                    ConversionFromFirst = 0.75m,
                    MedianDays = 9.5m,
                    DrillDown = $"{Moved("REACHED")}&pipelineId={PipelineId}&stage=QUALIFIED",
                },
            ],
        },
        new StageTimesReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            From = new DateOnly(2026, 10, 1),
            To = new DateOnly(2026, 10, 31),
            Stages =
            [
                new StageTimes
                {
                    PipelineId = PipelineId,
                    Stage = "QUALIFIED",
                    Count = 27,
                    MedianDays = 9.5m,
                    P90Days = 21.25m,
                    MeanDays = 11.75m,
                    DrillDown = $"{Moved("LEFT")}&pipelineId={PipelineId}&stage=QUALIFIED",
                },
            ],
        },
        new VelocityReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            Currency = "EUR",
            From = new DateOnly(2026, 10, 1),
            To = new DateOnly(2026, 10, 31),
            Opportunities = 30,
            WinRate = 0.25m,
            AverageWonValue = 8000,
            AverageCycleDays = 60,
            VelocityPerDay = 1000,
            Amounts = null,
            OpportunitiesDrillDown = Moved("QUALIFIED"),
            WonDrillDown = Moved("WON"),
            LostDrillDown = Moved("LOST"),
        },
        new CountedDealPage
        {
            AsOf = Changed,
            Rates = null,
            Items =
            [
                new CountedDealView
                {
                    DealId = Deal.Id,
                    Name = Deal.Name,
                    PipelineId = PipelineId,
                    Stage = "PROPOSAL",
                    Kind = StageKind.Open,
                    OwnerId = User,
                    ExpectedCloseDate = new DateOnly(2026, 12, 15),
                    CreatedAt = Made,
                    ClosedAt = null,
                    LostReason = null,
                    Currency = "EUR",
                    Value = 18500,
                    WeightedValue = 11100,
                },
            ],
            Total = 1,
            NextCursor = null,
        },
    ];

    private static ForecastPeriod Forecast => new()
    {
        Period = null,
        OwnerId = null,
        WonCount = 1,
        WonValue = 8000,
        OpenCount = 1,
        OpenValue = 18500,
        WeightedValue = 11100,
        Count = 2,
        Amounts = null,
        WonDrillDown = $"{Counts}WON&asOf={AsOf}&from=2026-12-01&to=2026-12-31",
        OpenDrillDown = $"{Counts}EXPECTED&asOf={AsOf}&from=2026-12-01&to=2026-12-31",
    };

    private static ClosedDeals Won => new() { Count = 1, Value = 8000, DrillDown = Moved("WON") };

    private static ClosedDeals Lost => new() { Count = 3, Value = 12000, DrillDown = Moved("LOST") };

    private static string Moved(string figure) => $"{Counts}{figure}&asOf={AsOf}&from=2026-10-01&to=2026-10-31";
}
