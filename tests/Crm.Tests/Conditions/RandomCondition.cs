using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Contracts.Json;
using Crm.Services.Conditions;
using Crm.Tests.Input;

namespace Crm.Tests.Conditions;

/// <summary>Conditions that a list takes, about values that its records have or nearly have.</summary>
internal sealed class RandomCondition(Random dice, string noun, IReadOnlyList<JsonElement> records)
{
    private static readonly string[] Numbers = ["0", "-0", "1", "-1", "0.00005", "10.5", "1.05e1", "50", "49.99999", "18000.50", "18000.500000001", "1e15", "-1e15", "79228162514264337593543950", "2147483647", "2147483648", "-2147483649", "922337203685477.5808", "999999999999.9999", "999999999999.99990001", "1000000000000"];

    private int left = 12;

    /// <summary>A condition, as JSON.</summary>
    public string Make() => Node(1).ToJsonString();

    private JsonObject Node(int depth)
    {
        left--;
        if (depth == 5 || left <= 0 || dice.Chance(35 + (10 * depth))) return Test();
        return dice.Next(3) switch
        {
            0 => new JsonObject { ["not"] = Node(depth + 1) },
            1 => new JsonObject { ["all"] = Parts(depth) },
            _ => new JsonObject { ["any"] = Parts(depth) },
        };
    }

    private JsonArray Parts(int depth) => new([.. Enumerable.Range(0, dice.Next(1, 4)).Select(_ => Node(depth + 1))]);

    private JsonObject Test()
    {
        var (field, member) = dice.Pick([.. RecordMembers.Of(noun).OrderBy(pair => pair.Key, StringComparer.Ordinal)]);
        List<string> operators = member.Kind switch
        {
            MemberKind.Texts => ["contains", "contains", "isEmpty"],
            MemberKind.Text when member.Names is null => ["is", "isNot", "in", "contains", "contains", "contains", "isEmpty"],
            MemberKind.Number or MemberKind.Instant or MemberKind.Date => ["is", "isNot", "in", "greaterThan", "lessThan", "greaterThan", "lessThan", "isEmpty"],
            _ => ["is", "isNot", "in", "isEmpty"],
        };
        var asked = dice.Pick(operators);
        return new JsonObject
        {
            ["field"] = field,
            [asked] = asked switch
            {
                "isEmpty" => dice.Chance(50),
                "in" => new JsonArray([.. Enumerable.Range(0, dice.Next(1, 5)).Select(_ => Operand(field, member))]),
                "contains" when member.Kind == MemberKind.Text => Part(Known(field)?.GetString() ?? "a"),
                _ => Operand(field, member),
            },
        };
    }

    private JsonNode Operand(string field, RecordMember member)
    {
        var known = Known(field);
        return member.Kind switch
        {
            MemberKind.Number => JsonNode.Parse(dice.Chance(50) && known is { } number ? Near(number.GetDecimal()) : dice.Pick(Numbers))!,
            MemberKind.Flag => dice.Chance(50),
            MemberKind.Instant => known is { } instant ? Near(instant.GetDateTimeOffset()) : "2026-11-20T10:30:00Z",
            MemberKind.Date => known is { } date ? DateOnly.Parse(date.GetString()!, CultureInfo.InvariantCulture).AddDays(dice.Next(-1, 2)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "2027-01-01",
            MemberKind.Id => known is { } id && dice.Chance(90) ? (dice.Chance(50) ? id.GetString()!.ToUpperInvariant() : id.GetString()!) : Guid.CreateVersion7().ToString(),
            MemberKind.Texts => known is { } list && list.GetArrayLength() > 0 ? OtherCase(list[dice.Next(list.GetArrayLength())].GetString()!) : "vip",
            _ when member.Names is { } names => dice.Pick(names),
            _ => known?.GetString() is { Length: > 0 and <= 1000 } text ? (dice.Chance(80) ? text : OtherCase(text)) : "a",
        };
    }

    /// <summary>A value that one of the records has; null for none.</summary>
    private JsonElement? Known(string field)
    {
        for (var i = 0; i < 4; i++)
        {
            if (dice.Pick(records).GetProperty(field) is { ValueKind: not JsonValueKind.Null } value) return value;
        }

        return null;
    }

    private string Near(decimal number) => dice.Next(6) switch
    {
        0 => (number + 0.00001m).ToString(CultureInfo.InvariantCulture),
        1 => (number - 0.00001m).ToString(CultureInfo.InvariantCulture),
        2 => (number + dice.Pick([0.0001m, -0.0001m, 1, -1])).ToString(CultureInfo.InvariantCulture),
        3 => $"{number.ToString(CultureInfo.InvariantCulture)}e0",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The instant or a microsecond beside it, by another offset, with more digits than are kept.</summary>
    private string Near(DateTimeOffset instant)
    {
        var near = instant.AddMicroseconds(dice.Next(-1, 2));
        return dice.Chance(50) ? InstantConverter.Format(near) : near.ToOffset(TimeSpan.FromMinutes(dice.Pick([-570, 60, 840]))).ToString($"yyyy-MM-dd'T'HH:mm:ss.ffffff'{dice.Pick(["", "0", "9", "999"])}'zzz", CultureInfo.InvariantCulture);
    }

    private string Part(string text)
    {
        var runes = text.EnumerateRunes().ToList();
        var start = dice.Next(runes.Count);
        var part = string.Concat(runes.Skip(start).Take(dice.Next(1, 12)));
        return dice.Chance(30) ? part : OtherCase(part);
    }

    private string OtherCase(string text)
    {
        var other = new StringBuilder();
        foreach (var rune in text.EnumerateRunes()) other.Append(dice.Next(3) switch { 0 => Rune.ToUpperInvariant(rune), 1 => Rune.ToLowerInvariant(rune), _ => rune });
        return other.ToString();
    }
}
