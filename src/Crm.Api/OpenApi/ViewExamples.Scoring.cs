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
            Rules = [new ScoringRuleFields { Name = "Talked lately", Points = 10, Activity = new ScoringActivity { Types = [ActivityType.Call, ActivityType.Meeting], HalfLifeDays = 14, MostPoints = 40 } }],
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
        },
    ];
}
