using System.Collections.Frozen;
using System.Text.Json;

namespace Crm.Contracts.Json;

/// <summary>The names of an enum on the wire and in the database: upper case with underscores, such as <c>FOLLOW_UP</c>.</summary>
public static class EnumNames<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> ByValue =
        Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseUpper.ConvertName(value.ToString()));

    private static readonly FrozenDictionary<string, T> ByName =
        ByValue.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Every name, in the order of declaration.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<T>().Select(value => ByValue[value])];

    public static string Of(T value) => ByValue[value];

    public static T Parse(string name) =>
        TryParse(name, out var value) ? value : throw new FormatException($"must be one of {string.Join(", ", All)}");

    public static bool TryParse(string name, out T value) => ByName.TryGetValue(name, out value);
}
