using System.Collections.Frozen;
using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Database.Records;

namespace Crm.Services.Conditions;

/// <summary>What a test of a member asks.</summary>
public enum ConditionOperator { Is, IsNot, In, GreaterThan, LessThan, Contains, IsEmpty, Changed }

/// <summary>
/// A condition on a record, and on what changed by an event of it. <see cref="Holds(JsonElement, IReadOnlyDictionary{string, FieldChange})"/> asks nobody but the event; <see cref="ConditionQuery{T}"/>
/// asks the database, which answers alike.
/// </summary>
public abstract record Condition
{
    private Condition()
    {
    }

    private static readonly IReadOnlyDictionary<string, FieldChange> NoChanges = FrozenDictionary<string, FieldChange>.Empty;

    /// <summary>Whether it holds of a record as it is, where it doesn't ask what changed.</summary>
    public bool Holds(JsonElement record) => Holds(record, NoChanges);

    /// <summary>The members that it asks, some perhaps several times.</summary>
    public abstract IEnumerable<string> Fields { get; }

    /// <param name="record">The record after the change.</param>
    /// <param name="changes">What changed.</param>
    public abstract bool Holds(JsonElement record, IReadOnlyDictionary<string, FieldChange> changes);

    public sealed record All(IReadOnlyList<Condition> Parts) : Condition
    {
        public override IEnumerable<string> Fields => Parts.SelectMany(part => part.Fields);

        public override bool Holds(JsonElement record, IReadOnlyDictionary<string, FieldChange> changes) => Parts.All(part => part.Holds(record, changes));
    }

    public sealed record Any(IReadOnlyList<Condition> Parts) : Condition
    {
        public override IEnumerable<string> Fields => Parts.SelectMany(part => part.Fields);

        public override bool Holds(JsonElement record, IReadOnlyDictionary<string, FieldChange> changes) => Parts.Any(part => part.Holds(record, changes));
    }

    public sealed record Not(Condition Part) : Condition
    {
        public override IEnumerable<string> Fields => Part.Fields;

        public override bool Holds(JsonElement record, IReadOnlyDictionary<string, FieldChange> changes) => !Part.Holds(record, changes);
    }

    /// <summary>A test holds or doesn't: of a member that is empty everything is false but <c>isNot</c>, and <c>isEmpty</c>.</summary>
    /// <param name="Field">A member of the record; one that it hasn't got is as empty as null.</param>
    /// <param name="Kind">What the member holds.</param>
    /// <param name="Operator">What is asked.</param>
    /// <param name="Operands">What with: values of the member's kind, several for <see cref="ConditionOperator.In"/>; a text for a list of texts; true or false for <see cref="ConditionOperator.IsEmpty"/> and <see cref="ConditionOperator.Changed"/>.</param>
    public sealed record Test(string Field, MemberKind Kind, ConditionOperator Operator, IReadOnlyList<object> Operands) : Condition
    {
        public override IEnumerable<string> Fields => [Field];

        public override bool Holds(JsonElement record, IReadOnlyDictionary<string, FieldChange> changes)
        {
            if (Operator == ConditionOperator.Changed) return changes.ContainsKey(Field).Equals(Operands[0]);
            var value = record.TryGetProperty(Field, out var json) ? MemberValue.Of(json, Kind) : null;
            if (Operator == ConditionOperator.IsEmpty) return (value is null).Equals(Operands[0]);
            return value is null ? Operator == ConditionOperator.IsNot : Operator switch
            {
                ConditionOperator.Is or ConditionOperator.In => Operands.Contains(value),
                ConditionOperator.IsNot => !Operands.Contains(value),
                ConditionOperator.GreaterThan => ((IComparable)value).CompareTo(Operands[0]) > 0,
                ConditionOperator.LessThan => ((IComparable)value).CompareTo(Operands[0]) < 0,
                _ => Contains(value, (string)Operands[0]),
            };
        }

        private static bool Contains(object value, string text) => value is IReadOnlyList<string> texts
            ? texts.Any(one => Tags.Key(one) == Tags.Key(text))
            : ((string)value).Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
