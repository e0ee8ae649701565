using Crm.Database.Text;

namespace Crm.Services.Demo;

/// <param name="Grade">How large it is, from 0 to 4; deals grow with it.</param>
internal sealed record Company(Place Place, string Name, string Domain, string Industry, string Size, int Grade)
{
    private static readonly string[] Sizes = ["1-10", "11-50", "51-200", "201-1000", "1001-5000"];
    private static readonly int[] Worth = [900, 2_500, 7_000, 18_000, 45_000];

    public static Company Make(Dice dice)
    {
        var place = dice.Of(Places.All);
        var (industry, trade) = dice.Of(place.Trades.OrderBy(trade => trade.Key, StringComparer.Ordinal).ToList());
        var house = dice.Of(place.Houses);
        var grade = dice.Of([(0, 22), (1, 34), (2, 26), (3, 13), (4, 5)]);
        return new Company(place, $"{house} {trade} {dice.Of(place.Forms)}", $"{Slug('-', house, trade)}.{place.Domain}", industry, Sizes[grade], grade);
    }

    /// <summary>A plausible amount for this company: mostly round, rarely to the cent.</summary>
    public decimal Amount(Dice dice)
    {
        var rough = Worth[Grade] * dice.Skewed(80, 800) / 100;
        var round = rough >= 10_000 ? 500 : 50;
        var amount = (decimal)(rough / round * round);
        return dice.Chance(12) ? amount - 0.05m - (dice.Below(40) / 100m) : amount;
    }

    public string? Phone(Dice dice) =>
        Place.Phones.Length == 0 ? null : string.Concat(dice.Of(Place.Phones).Select(letter => letter == '#' ? (char)('0' + dice.Below(10)) : letter));

    public static string Slug(char between, params string[] texts) => string.Join(between, Folding.Words(texts));
}
