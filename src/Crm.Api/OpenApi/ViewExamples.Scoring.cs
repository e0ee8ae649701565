using Crm.Contracts.Activities;
using Crm.Contracts.Scoring;

namespace Crm.Api.OpenApi;

internal static partial class ViewExamples
{
    private static IEnumerable<object> OfScoring =>
    [
        new ScoringView
        {
            IsActive = true,
            By = ScoringMethod.Rules,
            Rules = [new ScoringRuleView { Name = "Talked lately", Points = 10, Condition = null, Activity = new ScoringActivityView { Types = [ActivityType.Call, ActivityType.Meeting], Direction = null, WithinDays = null, HalfLifeDays = 14, AtLeast = null, AtMost = null, MostPoints = 40 } }],
            Model = new ScoringModelSummary { Version = 4, TrainedAt = Made },
            UpdatedAt = Changed,
            Version = 3,
        },
        new LeadScoreView
        {
            Score = 37,
            By = ScoringMethod.Rules,
            ScoredAt = Changed,
            Rules = new RuleScoreView
            {
                Score = 37,
                Points = 37.0711m,
                Reasons = [new RuleReason { Rule = "Referred", Points = 30 }, new RuleReason { Rule = "Talked lately", Points = 7.0711m }],
            },
            Predictive = new PredictionView
            {
                Probability = 0.30214m,
                Score = 30,
                LogOdds = -0.837m,
                ModelVersion = 4,
                Reasons =
                [
                    new PredictionReason { Feature = "base", Value = null, Contribution = -1.204m },
                    new PredictionReason { Feature = "source", Value = "REFERRAL", Contribution = 0.655m },
                    new PredictionReason { Feature = "response", Value = "none", Contribution = -0.288m },
                ],
            },
            NoPrediction = null,
        },
        Learnt, PageOf(Learnt),
    ];

    private static ScoringModelView Learnt => new()
    {
        Id = new Guid("019aa4c1-7a30-7f12-9c44-0d5e8b21a6f3"),
        Version = 4,
        TrainedAt = Made,
        TrainedBy = User,
        IsActive = true,
        Positives = 412,
        Negatives = 1203,
        Base = -1.204m,
        Weights = [new FeatureWeight { Feature = "source", Value = "REFERRAL", Weight = 0.655m }, new FeatureWeight { Feature = "response", Value = "none", Weight = -0.288m }],
        Report = new ScoringReport
        {
            TrainedOn = new OutcomePeriod { From = Made.AddDays(-400), To = Made.AddDays(-100), Positives = 309, Negatives = 902 },
            TestedOn = new OutcomePeriod { From = Made.AddDays(-100), To = Made.AddDays(-2), Positives = 103, Negatives = 301 },
            Model = new FitView { Brier = 0.162m, LogLoss = 0.494m, Auc = 0.741m },
            BaseRate = new FitView { Brier = 0.19m, LogLoss = 0.568m, Auc = 0.5m },
            Rules = new FitView { Brier = 0.231m, LogLoss = null, Auc = 0.655m },
            Calibration = [new CalibrationBin { From = 0.1m, To = 0.2m, Count = 171, MeanPredicted = 0.152m, ObservedRate = 0.146m }, new CalibrationBin { From = 0.2m, To = 0.3m, Count = 98, MeanPredicted = 0.246m, ObservedRate = 0.265m }],
            ExpectedCalibrationError = 0.011m,
        },
    };
}
