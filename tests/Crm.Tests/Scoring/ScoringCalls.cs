using System.Net;
using Crm.Contracts.Scoring;
using Crm.Database.Scoring;
using Crm.Services.Scoring;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Tests.Scoring;

internal static class ScoringCalls
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Scores by rules from now on.</summary>
    public static async Task<Answer> ScoreByAsync(this Client client, params object[] rules) =>
        (await client.PatchAsync("/api/automation/scoring", new { isActive = true, by = "RULES", rules })).ShouldBe(HttpStatusCode.OK);

    /// <summary>Scores leads as they are now.</summary>
    public static Task<int> ScoreAsync(this Client client, params Guid[] leads) => client.Host.Services.GetRequiredService<LeadScorer>().ScoreAsync(client.TenantId, leads, Stop);

    /// <summary>Scores what is due.</summary>
    public static Task<int> PassAsync(this CrmHost host) => host.Services.GetRequiredService<ScoringPass>().RunDueAsync(Stop);

    /// <summary>Keeps a model as if it had been learnt.</summary>
    public static Task<int> KeepModelAsync(this Client client) => client.Host.QueryAsync(client.TenantId, db =>
    {
        var (period, fit) = (new OutcomePeriod { From = DateTimeOffset.UnixEpoch, To = db.Stamp().At, Positives = 50, Negatives = 50 }, new FitView { Brier = 0.2m, LogLoss = 0.5m, Auc = null });
        var report = new ScoringReport { TrainedOn = period, TestedOn = period, Model = fit, BaseRate = fit, Rules = null, Calibration = [], ExpectedCalibrationError = 0 };
        var learnt = new LearntModel(-1, [new FeatureWeight { Feature = "source", Value = "REFERRAL", Weight = 0.5m }]);
        db.Add(new ScoringModel(1, true, 50, 50, learnt.Write(), ScoringModelViews.Write(report), db.Stamp()));
        return db.SaveChangesAsync();
    });

    public static async Task<int?> ScoreOfAsync(this Client client, Guid lead)
    {
        var score = (await client.GetAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.OK)["score"];
        return score.ValueKind == System.Text.Json.JsonValueKind.Null ? null : score.GetInt32();
    }

    /// <summary>What a part of a lead's score is made of, as <c>name points</c>.</summary>
    public static async Task<(int? Score, string Reasons)> RulesOfAsync(this Client client, Guid lead)
    {
        var answer = (await client.GetAsync($"/api/leads/{lead}/score")).ShouldBe(HttpStatusCode.OK);
        var rules = answer["rules"];
        var reasons = rules.GetProperty("reasons").EnumerateArray().Select(reason => $"{reason.GetProperty("rule").GetString()} {reason.GetProperty("points").GetRawText()}");
        return (rules.GetProperty("score").GetInt32(), string.Join(", ", reasons));
    }
}
