using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Crm.Contracts.Activities;
using Crm.Contracts.Conditions;

namespace Crm.Contracts.Scoring;

/// <summary>By what a lead's score comes about.</summary>
public enum ScoringMethod
{
    /// <summary>By the points that the rules give it.</summary>
    Rules,

    /// <summary>By how likely leads like it were to become customers, learnt from what became of the tenant's own.</summary>
    Predictive,
}

/// <summary>What a manager sets of how leads are scored.</summary>
public sealed record ScoringFields
{
    /// <summary>Whether leads are scored. Switched off, no score is computed, and those that leads have stay as they are.</summary>
    public bool IsActive { get; init; }

    /// <summary>What the score is made of. With <c>PREDICTIVE</c> a lead is scored once there is a model (<c>POST /api/automation/scoring/train</c>, or by itself); until then it keeps the score that it has.</summary>
    public ScoringMethod By { get; init; } = ScoringMethod.Rules;

    /// <summary>At most 100, with names of which no two are alike. A change gives all of them.</summary>
    [Required, MaxLength(100)] public IReadOnlyList<ScoringRuleFields> Rules { get; init; } = [];
}

/// <summary>
/// Points for a lead: where the condition holds, and by its activities. A rule with neither gives them to every lead. The score by rules is the sum of all
/// points, not below 0 and not above 100, rounded half to even.
/// </summary>
public sealed record ScoringRuleFields
{
    /// <summary>By which reasons tell of it.</summary>
    [Required, StringLength(100)] public required string Name { get; init; }

    /// <summary>How many, from -100 to 100.</summary>
    [Required, Range(-100, 100)] public required int? Points { get; init; }

    /// <summary>What must be so of the lead, as it is now; null for any. It asks for members of leads but <c>score</c> and <c>version</c>, and not what <c>changed</c>.</summary>
    [Condition] public JsonElement? Condition { get; init; }

    /// <summary>What must have been done for the lead, and how that counts; null for anything.</summary>
    public ScoringActivity? Activity { get; init; }
}

/// <summary>
/// Counts a lead's activities. Without <c>halfLifeDays</c> the points are given once, where the count is from <c>atLeast</c> to <c>atMost</c>. With it they
/// are multiplied by Σ 0.5^(age ÷ half-life) over the counted activities, an age being the days since it took place, and never come to more than <c>mostPoints</c>.
/// </summary>
public sealed record ScoringActivity
{
    /// <summary>Only activities of these types; null for all.</summary>
    [MinLength(1), MaxLength(4)] public IReadOnlyList<ActivityType>? Types { get; init; }

    /// <summary>Only inbound or only outbound ones; null for all, those without a direction among them.</summary>
    public ActivityDirection? Direction { get; init; }

    /// <summary>Only those that took place less than so many days of 24 hours ago; null for however long ago.</summary>
    [Range(1, 730)] public int? WithinDays { get; init; }

    /// <summary>After how many days an activity counts half; null for not less with time.</summary>
    [Range(1, 365)] public int? HalfLifeDays { get; init; }

    /// <summary>The least that there must be; null for 0 where <c>atMost</c> is given, else for 1. Not with <c>halfLifeDays</c>.</summary>
    [Range(0, 1000)] public int? AtLeast { get; init; }

    /// <summary>The most that there may be, 0 for none at all; null for any number. Not with <c>halfLifeDays</c>.</summary>
    [Range(0, 1000)] public int? AtMost { get; init; }

    /// <summary>To how many points all activities together come at most, or for points below 0 to how many below; null for 100. Only with <c>halfLifeDays</c>.</summary>
    [Range(1, 100)] public int? MostPoints { get; init; }
}

/// <summary>How the tenant's leads are scored.</summary>
public sealed record ScoringView : IVersioned
{
    /// <summary>Whether leads are scored.</summary>
    public required bool IsActive { get; init; }

    /// <summary>What the score is made of.</summary>
    public required ScoringMethod By { get; init; }

    public required IReadOnlyList<ScoringRuleView> Rules { get; init; }

    /// <summary>What leads are scored by with <c>PREDICTIVE</c>; null as long as there is none.</summary>
    public required ScoringModelSummary? Model { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>0 until it is changed for the first time.</summary>
    public required int Version { get; init; }

    /// <summary>The version, and the model, which makes none.</summary>
    string IVersioned.Tag => Model is null ? $"{Version}" : $"{Version}-{Model.Version}";
}

/// <summary>A lead's score and what it is made of.</summary>
public sealed record LeadScoreView
{
    /// <summary>The score that the lead has, 0 to 100; null until it has been scored.</summary>
    [Range(0, 100)] public required int? Score { get; init; }

    /// <summary>What it is made of: the part of this name has its reasons as they were at <c>scoredAt</c>, and adds up to it. Null until it has been scored.</summary>
    public required ScoringMethod? By { get; init; }

    /// <summary>Of when the score and its reasons are. As long as nothing else comes of them, they stay those of that instant.</summary>
    public required DateTimeOffset? ScoredAt { get; init; }

    /// <summary>By the rules; as of now where the score isn't made of them. Null where there are none.</summary>
    public required RuleScoreView? Rules { get; init; }

    /// <summary>By what became of other leads; as of now where the score isn't made of it. Null where nothing is foretold.</summary>
    public required PredictionView? Predictive { get; init; }

    /// <summary>Why nothing is foretold; null where something is.</summary>
    public required PredictionGap? NoPrediction { get; init; }
}

/// <summary>What rules give a lead.</summary>
public sealed record RuleScoreView
{
    /// <summary>The points, not below 0 and not above 100, rounded half to even.</summary>
    [Range(0, 100)] public required int Score { get; init; }

    /// <summary>The sum of the reasons' points.</summary>
    public required decimal Points { get; init; }

    /// <summary>The rules that give or take points, in the order of the rules.</summary>
    public required IReadOnlyList<RuleReason> Reasons { get; init; }
}

/// <summary>What a rule gives.</summary>
public sealed record RuleReason
{
    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>With four decimals at most.</summary>
    public required decimal Points { get; init; }
}

/// <summary>Points for a lead.</summary>
public sealed record ScoringRuleView
{
    /// <summary>By which reasons tell of it.</summary>
    public required string Name { get; init; }

    /// <summary>How many.</summary>
    [Range(-100, 100)] public required int Points { get; init; }

    /// <summary>What must be so of the lead; null for any.</summary>
    [Condition] public required JsonElement? Condition { get; init; }

    /// <summary>What must have been done for the lead, and how that counts; null for anything.</summary>
    public required ScoringActivityView? Activity { get; init; }
}

/// <summary>Counts a lead's activities, as it was set.</summary>
public sealed record ScoringActivityView
{
    /// <summary>Only activities of these types; null for all.</summary>
    public required IReadOnlyList<ActivityType>? Types { get; init; }

    /// <summary>Only inbound or only outbound ones; null for all.</summary>
    public required ActivityDirection? Direction { get; init; }

    /// <summary>Only those that took place less than so many days ago; null for however long ago.</summary>
    public required int? WithinDays { get; init; }

    /// <summary>After how many days an activity counts half; null for not less with time.</summary>
    public required int? HalfLifeDays { get; init; }

    /// <summary>The least that there must be.</summary>
    public required int? AtLeast { get; init; }

    /// <summary>The most that there may be; null for any number.</summary>
    public required int? AtMost { get; init; }

    /// <summary>To how many points all activities together come at most.</summary>
    public required int? MostPoints { get; init; }
}
