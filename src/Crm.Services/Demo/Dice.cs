namespace Crm.Services.Demo;

/// <summary>Random numbers by SplitMix64: the same on every machine and runtime, which <see cref="Random"/> doesn't promise. Whole numbers only.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong state = seed;

    /// <summary>Dice of their own for one story, so that a change in one leaves the others as they are.</summary>
    public static Dice For(string kind, int number)
    {
        var seed = kind.Aggregate(14695981039346656037UL, (hash, letter) => (hash ^ letter) * 1099511628211UL);
        return new Dice(new Dice(seed + (ulong)number).Next());
    }

    public int Below(int bound) => (int)(((UInt128)Next() * (ulong)bound) >> 64);

    /// <summary>Both ends may come up.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>Small ones come up more often than large ones.</summary>
    public int Skewed(int least, int most) => Math.Min(Between(least, most), Between(least, most));

    public bool Chance(int percent) => Below(100) < percent;

    public T Of<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    public T Of<T>(IReadOnlyList<(T Item, int Weight)> items)
    {
        var left = Below(items.Sum(item => item.Weight));
        return items.First(item => (left -= item.Weight) < 0).Item;
    }

    private ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
