using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;

namespace Crm.Services.Conditions;

/// <summary>What a test of a member asks.</summary>
public enum ConditionOperator { Is, IsNot, In, GreaterThan, LessThan, Contains, IsEmpty, Changed }

/// <summary>A condition on a record as an event tells it, and on what changed by the event. It asks nobody but the event.</summary>
public abstract record Condition
{
    private Condition()
    {
    }

    /// <param name="record">The record after the change.</param>
    /// <param name="changes">What changed.</param>
    public abstract bool Holds(JsonElement record, IReadOnlyDictionary<string, FieldChange> changes);

    public sealed record All(IReadOnlyList<Condition> Parts) : Condition
    {
        public override bool Holds(JsonElement record, IReadOnlyDictionary<string, FieldChange> changes) => Parts.All(part => part.Holds(record, changes));
    }

    public sealed record Any(IReadOnlyList<Condition> Parts) : Condition
    {
        public override bool Holds(JsonElement record, IReadOnlyDictionary<string, FieldChange> changes) => Parts.Any(part => part.Holds(record, changes));
    }

    public sealed record Not(Condition Part) : Condition
    {
        public override bool Holds(JsonElement record, IReadOnlyDictionary<string, FieldChange> changes) => !Part.Holds(record, changes);
    }

    /// <param name="Field">A member of the record; one that it hasn't got is as empty as null.</param>
    /// <param name="Operator">What is asked.</param>
    /// <param name="Operand">What with.</param>
    public sealed record Test(string Field, ConditionOperator Operator, JsonElement Operand) : Condition
    {
        public override bool Holds(JsonElement record, IReadOnlyDictionary<string, FieldChange> changes)
        {
            var isThere = record.TryGetProperty(Field, out var value) && value.ValueKind != JsonValueKind.Null;
            return Operator switch
            {
                ConditionOperator.Is => isThere && Comparison.Same(value, Operand),
                ConditionOperator.IsNot => !isThere || !Comparison.Same(value, Operand),
                ConditionOperator.In => isThere && Operand.EnumerateArray().Any(one => Comparison.Same(value, one)),
                ConditionOperator.GreaterThan => isThere && Comparison.Order(value, Operand) > 0,
                ConditionOperator.LessThan => isThere && Comparison.Order(value, Operand) < 0,
                ConditionOperator.Contains => isThere && Comparison.Contains(value, Operand.GetString()!),
                ConditionOperator.IsEmpty => IsEmpty(isThere, value) == Operand.GetBoolean(),
                _ => changes.ContainsKey(Field) == Operand.GetBoolean(),
            };
        }

        private static bool IsEmpty(bool isThere, JsonElement value) => !isThere || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);
    }
}

/// <summary>Compares values as they stand in JSON: numbers exactly, instants as instants, however they are written.</summary>
internal static class Comparison
{
    public static bool Same(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind) return false;
        if (left.ValueKind != JsonValueKind.String) return left.ValueKind != JsonValueKind.Number || left.GetDecimal() == right.GetDecimal();
        var (one, other) = (left.GetString()!, right.GetString()!);
        return one == other || Order(left, right) == 0 || (Guid.TryParse(one, out var id) && Guid.TryParse(other, out var same) && id == same);
    }

    /// <summary>Null for what has no order: only numbers, instants and dates have one.</summary>
    public static int? Order(JsonElement left, JsonElement right)
    {
        if (left.ValueKind == JsonValueKind.Number && right.ValueKind == JsonValueKind.Number) return left.GetDecimal().CompareTo(right.GetDecimal());
        if (left.ValueKind != JsonValueKind.String || right.ValueKind != JsonValueKind.String) return null;
        var (one, other) = (left.GetString()!, right.GetString()!);
        if (InstantConverter.TryParse(one, out var instant) && InstantConverter.TryParse(other, out var moment)) return instant.CompareTo(moment);
        return DateConverter.TryParse(one, out var date) && DateConverter.TryParse(other, out var day) ? date.CompareTo(day) : null;
    }

    /// <summary>A text within a text, or one of a list's, case ignored.</summary>
    public static bool Contains(JsonElement value, string text) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Contains(text, StringComparison.OrdinalIgnoreCase),
        JsonValueKind.Array => value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && item.GetString()!.Equals(text, StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };
}
