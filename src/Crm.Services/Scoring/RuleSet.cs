using System.Text.Json;
using Crm.Contracts.Scoring;
using Crm.Services.Conditions;

namespace Crm.Services.Scoring;

/// <summary>A tenant's rules, ready to score by. They ask nobody but the lead and its activities, so that they score any past instant as well as now.</summary>
internal sealed class RuleSet
{
    private readonly List<Rule> rules;

    public RuleSet(IReadOnlyList<ScoringRuleFields> fields) =>
        rules = [.. fields.Select(rule => new Rule(rule, rule.Condition is { } condition ? ConditionReader.ReadOfRecord(condition, "lead", "") : null))];

    public bool IsEmpty => rules.Count == 0;

    /// <summary>Whether any of them counts activities.</summary>
    public bool CountsActivities => rules.Exists(rule => rule.Fields.Activity is not null);

    /// <param name="lead">As events tell it.</param>
    /// <param name="contacts">All that was done for it.</param>
    /// <param name="at">When: what took place later doesn't count.</param>
    public RuleScore Score(JsonElement lead, IReadOnlyList<Contact> contacts, DateTimeOffset at)
    {
        var reasons = new List<RuleReason>();
        DateTimeOffset? movesAt = null;
        var fades = false;
        foreach (var rule in rules)
        {
            if (rule.Condition?.Holds(lead) == false) continue;
            var points = (decimal)rule.Fields.Points!.Value;
            if (rule.Fields.Activity is { } activity)
            {
                var counted = contacts.Where(contact => Counts(activity, contact, at)).ToList();
                if (activity.WithinDays is { } days && counted.Count > 0)
                {
                    var leaves = counted.Min(contact => contact.OccurredAt).AddDays(days);
                    movesAt = movesAt < leaves ? movesAt : leaves;
                }

                // Of another machine's clock, which is ahead: it counts when its time has come.
                if (contacts.Where(contact => contact.OccurredAt > at).Select(contact => (DateTimeOffset?)contact.OccurredAt).Min() is { } comes && !(movesAt < comes)) movesAt = comes;
                points = activity.HalfLifeDays is { } halfLife ? Faded(points, activity, halfLife, counted, at) : InBounds(activity, counted.Count) ? points : 0;
                fades |= activity.HalfLifeDays is not null && points != 0;
            }

            if (points != 0) reasons.Add(new RuleReason { Rule = rule.Fields.Name, Points = points });
        }

        return new RuleScore(ViewOf(reasons), movesAt, fades);
    }

    private static RuleScoreView ViewOf(List<RuleReason> reasons)
    {
        var sum = reasons.Sum(reason => reason.Points);
        return new RuleScoreView { Score = (int)decimal.Round(Math.Clamp(sum, 0, 100), MidpointRounding.ToEven), Points = sum, Reasons = reasons };
    }

    private static bool Counts(ScoringActivity activity, Contact contact, DateTimeOffset at) =>
        contact.OccurredAt <= at
        && (activity.WithinDays is not { } days || contact.OccurredAt.AddDays(days) > at)
        && (activity.Direction is not { } direction || contact.Direction == direction)
        && (activity.Types is not { } types || types.Contains(contact.Type));

    private static bool InBounds(ScoringActivity activity, int count) =>
        count >= (activity.AtLeast ?? (activity.AtMost is null ? 1 : 0)) && count <= (activity.AtMost ?? int.MaxValue);

    private static decimal Faded(decimal points, ScoringActivity activity, int halfLife, List<Contact> counted, DateTimeOffset at)
    {
        var sum = counted.Sum(contact => Math.Pow(0.5, (at - contact.OccurredAt).TotalDays / halfLife));
        var most = activity.MostPoints ?? 100;
        return decimal.Round(Math.Clamp(points * (decimal)sum, -most, most), 4, MidpointRounding.ToEven);
    }

    private sealed record Rule(ScoringRuleFields Fields, Condition? Condition);
}

/// <summary>What rules give a lead at an instant.</summary>
/// <param name="View">The score and its reasons.</param>
/// <param name="MovesAt">When the first activity is too long ago for a rule; null for never.</param>
/// <param name="Fades">Whether some of the points become fewer with time.</param>
internal sealed record RuleScore(RuleScoreView View, DateTimeOffset? MovesAt, bool Fades);
