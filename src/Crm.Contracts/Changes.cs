using System.Collections.Concurrent;
using System.Reflection;

namespace Crm.Contracts;

/// <summary>Keeps its value when a PUT leaves it out, because it is state or classification rather than content.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeptWhenAbsentAttribute : Attribute
{
    /// <summary>Whether null means none, so that a change may clear it; without it null would do nothing, or something that nobody asked for.</summary>
    public bool CanBeCleared { get; init; }
}

/// <summary>Must be given, though null is a value: one that does something, and that nobody should ask for by leaving it out.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class GivenAttribute : Attribute;

/// <summary>What to change of a record: the members given, with their new values. All others stay.</summary>
/// <param name="values">The new values; those of members that aren't given mean nothing.</param>
/// <param name="given">The names of the given members' properties.</param>
public sealed class Changes<T>(T values, IReadOnlySet<string> given) where T : class
{
    private static readonly ConcurrentDictionary<string, PropertyInfo> Properties = new(StringComparer.Ordinal);

    public bool Gives(string property) => given.Contains(property);

    /// <summary>The same members given, with other values.</summary>
    public Changes<T> Select(Func<T, T> other) => new(other(values), given);

    /// <summary>Writes the given members over a copy of what a record holds, and returns it.</summary>
    public T ApplyTo(T current)
    {
        foreach (var name in given)
        {
            var property = Properties.GetOrAdd(name, static name => typeof(T).GetProperty(name)!);
            property.SetValue(current, property.GetValue(values));
        }

        return current;
    }
}
