using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Contracts;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;

namespace Crm.Api.Http;

/// <summary>The members of a contract as they are written in JSON and in a query.</summary>
internal static class Members<T>
{
    public static readonly FrozenDictionary<string, Member> ByName = Members.Of(typeof(T));
}

/// <inheritdoc cref="Members{T}"/>
internal static class Members
{
    private static readonly ConcurrentDictionary<Type, FrozenDictionary<string, Member>> Known = new();

    public static FrozenDictionary<string, Member> Of(Type contract) => Known.GetOrAdd(
        contract,
        static type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)
            .Select(property => new Member(property)).ToFrozenDictionary(member => member.Name, StringComparer.Ordinal));
}

internal sealed class Member
{
    private readonly ValidationAttribute[] rules;
    private readonly bool isNullable;
    private readonly bool canBeCleared;

    public Member(PropertyInfo property)
    {
        Property = property;
        Name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        rules = [.. property.GetCustomAttributes<ValidationAttribute>().OrderByDescending(rule => rule is StringLengthAttribute)];
        var takesNoNull = rules.OfType<RequiredAttribute>().Any();
        IsRequired = takesNoNull || property.IsDefined(typeof(GivenAttribute));
        var kept = property.GetCustomAttribute<KeptWhenAbsentAttribute>();
        IsKeptWhenAbsent = kept is not null;
        canBeCleared = kept?.CanBeCleared ?? true;
        isNullable = !takesNoNull && (Nullable.GetUnderlyingType(property.PropertyType) is not null
            || new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable);
    }

    public PropertyInfo Property { get; }
    public string Name { get; }
    public string Pointer => "/" + Name;
    public bool IsRequired { get; }
    public bool IsKeptWhenAbsent { get; }

    /// <summary>Whether it is a contract within a contract, with members of its own.</summary>
    public bool IsNested => IsContract(Property.PropertyType);

    /// <summary>The contract of its items, where it is a list of contracts.</summary>
    public Type? ItemContract => Property.PropertyType is { IsGenericType: true, GenericTypeArguments: [var item] } && IsContract(item) ? item : null;

    /// <summary>How many items it holds at most, where it is a list.</summary>
    public int MostItems => rules.OfType<MaxLengthAttribute>().SingleOrDefault()?.Length ?? int.MaxValue;

    /// <summary>Whether null is a value for it: in a new record one that stands for none or the default, in a change one that clears it.</summary>
    public bool TakesNull(BodyMode mode) => isNullable && (mode == BodyMode.Whole || canBeCleared);

    /// <summary>What a value must be, where the value is of another kind altogether.</summary>
    public string Expected => ExpectedOf(Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType);

    /// <summary>What an item of it must be, where it is a list.</summary>
    public string ExpectedOfItem => Property.PropertyType.GenericTypeArguments is [var item] ? ExpectedOf(item) : Expected;

    /// <summary>Holds the value against the member's attributes.</summary>
    public void Validate(object values, Faults faults, string? place = null)
    {
        var value = Property.GetValue(values);
        if (value is null) return;
        var context = new ValidationContext(values) { MemberName = Property.Name, DisplayName = "It" };
        foreach (var rule in rules)
        {
            if (rule.GetValidationResult(value, context) is not { } fault) continue;
            faults.Add(place ?? Pointer, Say(rule, fault));
            if (rule is StringLengthAttribute) return; // a pattern would take seconds over a text without bounds
        }
    }

    public static string ExpectedOf(Type type)
    {
        if (type == typeof(string)) return "must be text";
        if (type == typeof(int)) return "must be a whole number";
        if (type == typeof(decimal)) return DecimalConverter.Expected;
        if (type == typeof(Guid)) return "must be a UUID such as 019aa000-0000-7000-8000-000000000000";
        if (type == typeof(bool)) return "must be true or false";
        if (type == typeof(DateTimeOffset)) return InstantConverter.Expected;
        if (type == typeof(DateOnly)) return DateConverter.Expected;
        if (type == typeof(TotalMode)) return "must be one of capped, exact, none";
        if (type == typeof(ListFormat)) return "must be one of json, csv";
        if (type.IsEnum) return $"must be one of {string.Join(", ", (IReadOnlyList<string>)typeof(EnumNames<>).MakeGenericType(type).GetProperty("All")!.GetValue(null)!)}";
        return type.IsAssignableTo(typeof(System.Collections.IEnumerable)) ? "must be an array" : "must be an object";
    }

    private static bool IsContract(Type type) => type.IsClass && type != typeof(string) && !type.IsAssignableTo(typeof(System.Collections.IEnumerable));

    private static string Say(ValidationAttribute rule, ValidationResult fault) => rule switch
    {
        StringLengthAttribute length => $"must be at most {length.MaximumLength} characters long",
        MinLengthAttribute fewest => $"must hold at least {fewest.Length}",
        MaxLengthAttribute most => $"must hold at most {most.Length}",
        RangeAttribute range => $"must be from {range.Minimum} to {range.Maximum}",
        AllowedValuesAttribute allowed => $"must be one of {string.Join(", ", allowed.Values)}",
        _ => fault.ErrorMessage!,
    };
}

/// <summary>What is wrong with a request, place by place.</summary>
internal sealed class Faults
{
    private readonly Dictionary<string, List<string>> byPlace = new(StringComparer.Ordinal);

    public bool Has(string place) => byPlace.Keys.Any(key => key == place || key.StartsWith(place + "/", StringComparison.Ordinal));

    public void Add(string place, string fault)
    {
        if (!byPlace.TryGetValue(place, out var faults)) byPlace[place] = faults = [];
        faults.Add(fault);
    }

    public void Throw()
    {
        if (byPlace.Count > 0) throw CrmException.Invalid(byPlace.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal));
    }
}
