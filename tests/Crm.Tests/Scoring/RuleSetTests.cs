using System.Text.Json;
using Crm.Contracts.Activities;
using Crm.Contracts.Scoring;
using Crm.Services.Scoring;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scoring;

public sealed class RuleSetTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly JsonElement Lead = JsonSerializer.Deserialize<JsonElement>("""{ "source": "REFERRAL", "estimatedValue": 18000 }""");

    [Theory]
    [InlineData(0, "atLeast", 1, 0)]
    [InlineData(1, "atLeast", 1, 10)]
    [InlineData(2, "atLeast", 3, 0)]
    [InlineData(3, "atLeast", 3, 10)]
    [InlineData(0, "atMost", 0, 10)]
    [InlineData(1, "atMost", 0, 0)]
    [InlineData(2, "atMost", 2, 10)]
    [InlineData(0, "none", 0, 0)]
    [InlineData(1, "none", 0, 10)]
    public void Points_are_given_where_the_count_is_within_its_bounds(int count, string bound, int number, int points)
    {
        var activity = bound switch { "atLeast" => new ScoringActivity { AtLeast = number }, "atMost" => new ScoringActivity { AtMost = number }, _ => new ScoringActivity() };
        Score([Rule(10, activity: activity)], Enumerable.Repeat(Call(1), count)).View.Score.ShouldBe(points);
    }

    [Fact]
    public void Only_activities_of_the_type_direction_and_age_count()
    {
        var activity = new ScoringActivity { Types = [ActivityType.Call], Direction = ActivityDirection.Outbound, WithinDays = 7, AtLeast = 2 };
        Contact[] all = [Call(1), Call(6.99), Call(7), Call(-1), Call(1) with { Direction = ActivityDirection.Inbound }, Call(1) with { Direction = null }, Call(1) with { Type = ActivityType.Note }];

        var score = Score([Rule(10, activity: activity)], all);

        (score.View.Score, score.MovesAt).ShouldBe((10, Call(6.99).OccurredAt.AddDays(7)));
        Score([Rule(10, activity: activity)], all.Skip(2)).View.Score.ShouldBe(0);
    }

    [Fact]
    public void Activities_count_less_with_age_and_together_no_more_than_the_most()
    {
        var fading = new ScoringActivity { HalfLifeDays = 10 };

        Score([Rule(20, activity: fading)], [Call(0), Call(10), Call(20)]).View.Points.ShouldBe(35);
        Score([Rule(20, activity: fading)], [Call(5)]).View.Points.ShouldBe(14.1421m);
        Score([Rule(20, activity: fading with { MostPoints = 30 })], [Call(0), Call(10), Call(20)]).View.Points.ShouldBe(30);
        var taking = Score([Rule(50), Rule(-20, activity: fading with { MostPoints = 30 })], [Call(0), Call(0)]);
        (taking.View.Score, taking.Fades).ShouldBe((20, true));
        Score([Rule(20, activity: fading)], []).Fades.ShouldBeFalse();
    }

    [Theory]
    [InlineData(60, 60, 100)]
    [InlineData(-10, 5, 0)]
    [InlineData(30, -10, 20)]
    public void The_score_is_the_sum_within_its_bounds(int first, int second, int score) => Score([Rule(first), Rule(second)], []).View.Score.ShouldBe(score);

    [Theory]
    [InlineData(1, 0)] // 0.5
    [InlineData(3, 2)] // 1.5
    [InlineData(5, 2)] // 2.5
    public void Halves_are_rounded_to_even(int points, int score) => Score([Rule(points, activity: new ScoringActivity { HalfLifeDays = 1 })], [Call(1)]).View.Score.ShouldBe(score);

    [Fact]
    public void A_condition_and_an_activity_must_both_be_so_and_a_rule_without_either_always_is()
    {
        var (referred, web) = ("""{ "field": "source", "is": "REFERRAL" }""", """{ "not": { "any": [{ "field": "source", "is": "REFERRAL" }] } }""");
        var score = Score([Rule(1), Rule(2, referred), Rule(4, web), Rule(8, referred, new ScoringActivity()), Rule(16, web, new ScoringActivity()), Rule(32, referred, new ScoringActivity { AtLeast = 2 })], [Call(1)]);

        score.View.Reasons.Select(reason => reason.Points).ShouldBe([1, 2, 8]);
        (score.View.Score, score.View.Points, score.MovesAt, score.Fades).ShouldBe((11, 11, null, false));
    }

    private static RuleScore Score(IReadOnlyList<ScoringRuleFields> rules, IEnumerable<Contact> contacts) => new RuleSet(rules).Score(Lead, [.. contacts], Now);

    private static ScoringRuleFields Rule(int points, string? condition = null, ScoringActivity? activity = null) =>
        new() { Name = $"{points}", Points = points, Condition = condition is null ? null : JsonSerializer.Deserialize<JsonElement>(condition), Activity = activity };

    private static Contact Call(double daysAgo) => new(ActivityType.Call, ActivityDirection.Outbound, Now.AddDays(-daysAgo));
}
