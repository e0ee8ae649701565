using System.Globalization;

namespace Crm.Tests.Input;

/// <summary>How much is generated, from which seed. The same seed gives the same requests again.</summary>
internal static class Fuzzing
{
    public static int Seed { get; } = Number("CRM_FUZZ_SEED", 20261122);

    /// <summary>How many requests, unless CRM_FUZZ_REQUESTS asks for another number.</summary>
    public static int Requests(int byDefault) => Number("CRM_FUZZ_REQUESTS", byDefault);

    /// <summary>How many histories, unless CRM_FUZZ_HISTORIES asks for another number.</summary>
    public static int Histories(int byDefault) => Number("CRM_FUZZ_HISTORIES", byDefault);

    /// <summary>The dice for one request, so that it can be generated again without those before it.</summary>
    public static Random Dice(int index) => new(unchecked((Seed * 1_000_003) + index));

    public static T Pick<T>(this Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    public static bool Chance(this Random random, int percent) => random.Next(100) < percent;

    private static int Number(string name, int byDefault) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : byDefault;
}
