using System.ComponentModel.DataAnnotations;

namespace Crm.Contracts.Lists;

/// <summary>What every list of leads, deals, tasks and activities takes.</summary>
public abstract record RecordQuery : ListQuery
{
    /// <summary>The longest condition, in characters.</summary>
    public const int LongestCondition = 4000;

    /// <summary>
    /// A condition on the records' members, as JSON: <c>{"all":[{"field":"createdBy","is":"ada"},{"field":"version","greaterThan":1}]}</c>. It is made of <c>all</c>, <c>any</c> and <c>not</c>, and of tests of a <c>field</c> by one of
    /// <c>is</c>, <c>isNot</c>, <c>in</c>, <c>greaterThan</c>, <c>lessThan</c>, <c>contains</c> and <c>isEmpty</c>; up to 50 in all, 5 deep. What is wrong with one is told by its place, such as <c>condition/all/1/greaterThan</c>.
    /// </summary>
    [StringLength(LongestCondition)] public string? Condition { get; init; }
}
