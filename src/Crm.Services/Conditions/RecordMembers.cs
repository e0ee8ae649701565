using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using Crm.Contracts.Activities;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Deals;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Tasks;

namespace Crm.Services.Conditions;

/// <summary>What a member of a record holds, and so with what it may be compared.</summary>
/// <param name="Kind">Of which kind its values are.</param>
/// <param name="Names">All the values that it may have; null where they are no enum's.</param>
internal sealed record RecordMember(MemberKind Kind, IReadOnlyList<string>? Names = null);

internal enum MemberKind { Text, Number, Flag, Instant, Date, Id, Texts }

/// <summary>The members of records as events tell them.</summary>
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

    /// <summary>What a member may be in the records that some events tell of; nothing where none of them has it.</summary>
    /// <param name="name">The member.</param>
    /// <param name="eventTypes">The events' types; null for all.</param>
    public static IReadOnlyList<RecordMember> Named(string name, IReadOnlyList<string>? eventTypes)
    {
        var nouns = eventTypes?.Select(type => type.Split('.')[0]).Distinct(StringComparer.Ordinal) ?? ByNoun.Keys;
        return [.. nouns.Select(noun => ByNoun[noun].GetValueOrDefault(name)).OfType<RecordMember>()];
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
