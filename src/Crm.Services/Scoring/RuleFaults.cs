using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Scoring;
using Crm.Services.Conditions;

namespace Crm.Services.Scoring;

/// <summary>What is wrong with rules, beyond the shape of each.</summary>
internal static class RuleFaults
{
    private static readonly string[] Circular = ["score", "version"];

    /// <exception cref="CrmException">400 with the pointer of each fault.</exception>
    public static void Check(IReadOnlyList<ScoringRuleFields> rules)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, place) = (rules[i], $"/rules/{i}");
            if (!names.Add(rule.Name)) faults[$"{place}/name"] = ["is the name of another rule, too"];
            if (rule.Condition is { } condition) CheckCondition(condition, $"{place}/condition", faults);
            if (rule.Activity is { } activity) CheckActivity(activity, $"{place}/activity", faults);
        }

        if (faults.Count > 0) throw CrmException.Invalid(faults);
    }

    private static void CheckCondition(JsonElement condition, string place, Dictionary<string, string[]> faults)
    {
        if (ConditionFaults.Collect(faults, () => ConditionReader.ReadOfRecord(condition, "lead", place)) is not null) CheckAsked(condition, place, faults);
    }

    /// <summary>Rules don't look at what scoring itself makes of a lead.</summary>
    private static void CheckAsked(JsonElement condition, string place, Dictionary<string, string[]> faults)
    {
        foreach (var member in condition.EnumerateObject())
        {
            var inside = $"{place}/{member.Name}";
            if (member.Name == "field" && Circular.Contains(member.Value.GetString())) faults[inside] = ["must not be score or version, which scoring changes itself"];
            else if (member.Name == "not") CheckAsked(member.Value, inside, faults);
            else if (member.Name is "all" or "any") CheckParts(member.Value, inside, faults);
        }
    }

    private static void CheckParts(JsonElement parts, string place, Dictionary<string, string[]> faults)
    {
        var at = 0;
        foreach (var part in parts.EnumerateArray()) CheckAsked(part, $"{place}/{at++}", faults);
    }

    private static void CheckActivity(ScoringActivity activity, string place, Dictionary<string, string[]> faults)
    {
        if (activity.HalfLifeDays is null)
        {
            if (activity.AtMost is { } most && most < (activity.AtLeast ?? 0)) faults[$"{place}/atMost"] = ["must not be less than atLeast"];
            if (activity.MostPoints is not null) faults[$"{place}/mostPoints"] = ["needs halfLifeDays: without it the points are given once"];
            return;
        }

        if (activity.AtLeast is not null) faults[$"{place}/atLeast"] = ["can't be combined with halfLifeDays"];
        if (activity.AtMost is not null) faults[$"{place}/atMost"] = ["can't be combined with halfLifeDays"];
    }
}
