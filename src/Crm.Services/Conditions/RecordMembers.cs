using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using Crm.Contracts.Activities;
using Crm.Contracts.Conditions;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Deals;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Tasks;

namespace Crm.Services.Conditions;

/// <summary>What a member of a record holds, and so with what it may be compared.</summary>
/// <param name="Kind">Of which kind its values are.</param>
/// <param name="Names">All the values that it may have; null where they are no enum's.</param>
internal sealed record RecordMember(MemberKind Kind, IReadOnlyList<string>? Names = null)
{
    /// <summary>What it, or one of a list's, may be compared with; null for what it can never be.</summary>
    public object? Operand(JsonElement json)
    {
        if (Kind is not (MemberKind.Text or MemberKind.Texts)) return MemberValue.Of(json, Kind);
        return MemberValue.TextOf(json) is { Length: > 0 and <= ConditionAttribute.LongestText } text && TextConverter.Fault(text) is null && Names?.Contains(text, StringComparer.Ordinal) is not false ? text : null;
    }

    /// <summary>What an operand must be, in words.</summary>
    public string Expected => Kind switch
    {
        MemberKind.Number => DecimalConverter.Expected,
        MemberKind.Flag => "must be true or false",
        MemberKind.Instant => InstantConverter.Expected,
        MemberKind.Date => DateConverter.Expected,
        MemberKind.Id => "must be a UUID such as 019aa000-0000-7000-8000-000000000000",
        _ => Names is { } names ? $"must be one of {string.Join(", ", names)}" : $"must be text of 1 to {ConditionAttribute.LongestText} characters",
    };
}

/// <summary>The members of records as events and lists tell them.</summary>
internal static class RecordMembers
{
    private static readonly FrozenDictionary<string, FrozenDictionary<string, RecordMember>> ByNoun = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["lead"] = typeof(LeadView),
        ["deal"] = typeof(DealView),
        ["task"] = typeof(TaskView),
        ["activity"] = typeof(ActivityView),
        ["dashboard"] = typeof(DeliveredDashboardView),
    }.ToFrozenDictionary(pair => pair.Key, pair => Of(pair.Value), StringComparer.Ordinal);

    /// <summary>Which records a record may belong to, by what each is called.</summary>
    private static readonly FrozenDictionary<string, IReadOnlyList<string>> Parents = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["deal"] = ["lead"],
        ["task"] = ["lead", "deal"],
        ["activity"] = ["lead", "deal", "task"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What every record is called in an event's type.</summary>
    public static IReadOnlyList<string> Nouns => ByNoun.Keys;

    /// <summary>The members of a kind of record, by their names.</summary>
    public static IReadOnlyDictionary<string, RecordMember> Of(string noun) => ByNoun[noun];

    /// <summary>What a member may be in some kinds of records, of one <see cref="MemberKind"/> in all of them; nothing where none of them has it.</summary>
    public static IReadOnlyList<RecordMember> Named(string name, IReadOnlyList<string> nouns) => [.. nouns.Select(noun => ByNoun[noun].GetValueOrDefault(name)).OfType<RecordMember>()];

    /// <summary>What a record belongs to, each as it is called; its id is the member of that name with <c>Id</c> behind it.</summary>
    public static IReadOnlyList<string> ParentsOf(string noun) => Parents.GetValueOrDefault(noun, []);

    /// <summary>A member of a record, or as <c>lead.source</c> one of what it belongs to; null where there is none.</summary>
    public static RecordMember? NamedOrRelated(string name, string noun)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return ByNoun[noun].GetValueOrDefault(name);
        return ParentsOf(noun).Contains(name[..dot], StringComparer.Ordinal) ? ByNoun[name[..dot]].GetValueOrDefault(name[(dot + 1)..]) : null;
    }

    private static FrozenDictionary<string, RecordMember> Of(Type view) =>
        view.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.PropertyType != typeof(IReadOnlyList<DeliveredReportView>)).ToFrozenDictionary(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name), property => MemberOf(property.PropertyType), StringComparer.Ordinal);

    private static RecordMember MemberOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return new RecordMember(MemberKind.Text, (IReadOnlyList<string>)typeof(EnumNames<>).MakeGenericType(type).GetProperty(nameof(EnumNames<>.All))!.GetValue(null)!);
        if (type == typeof(string)) return new RecordMember(MemberKind.Text);
        if (type == typeof(decimal) || type == typeof(int)) return new RecordMember(MemberKind.Number);
        if (type == typeof(bool)) return new RecordMember(MemberKind.Flag);
        if (type == typeof(DateTimeOffset)) return new RecordMember(MemberKind.Instant);
        if (type == typeof(DateOnly)) return new RecordMember(MemberKind.Date);
        if (type == typeof(Guid)) return new RecordMember(MemberKind.Id);
        return type.IsAssignableTo(typeof(IEnumerable<string>)) ? new RecordMember(MemberKind.Texts) : throw new InvalidOperationException($"Nothing says how a condition compares a {type.Name}.");
    }
}
