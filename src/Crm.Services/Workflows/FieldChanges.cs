using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Crm.Contracts;
using Crm.Contracts.Deals;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Tasks;

namespace Crm.Services.Workflows;

/// <summary>Reads the members of a record that a workflow sets, as a merge patch has them.</summary>
internal static class FieldChanges
{
    /// <summary>What has actions of its own, or isn't a workflow's to decide.</summary>
    private static readonly string[] Others =
    [
        nameof(DealFields.OwnerId), nameof(DealFields.Tags), nameof(DealFields.Stage), nameof(DealFields.PipelineId), nameof(DealFields.ClosedAt), nameof(DealFields.LostReason),
        nameof(TaskFields.AssigneeId), nameof(TaskFields.LeadId), nameof(TaskFields.DealId),
    ];

    /// <summary>What is wrong with it, by the pointers of its members; nothing where it can be set.</summary>
    public static Dictionary<string, string[]> FaultsOf(JsonElement json, string noun, string place)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var type = noun switch { "lead" => typeof(LeadFields), "deal" => typeof(DealFields), _ => typeof(TaskFields) };
        Read(json, type, place, faults);
        return faults;
    }

    /// <summary>The changes, of JSON that has no faults.</summary>
    public static Changes<T> Of<T>(JsonElement json) where T : class
    {
        var (values, given) = Read(json, typeof(T), "", new Dictionary<string, string[]>(StringComparer.Ordinal));
        return new Changes<T>((T)values, given);
    }

    private static (object Values, HashSet<string> Given) Read(JsonElement json, Type type, string place, Dictionary<string, string[]> faults)
    {
        var (values, given) = (Activator.CreateInstance(type)!, new HashSet<string>(StringComparer.Ordinal));
        var members = type.GetProperties().Where(member => !Others.Contains(member.Name, StringComparer.Ordinal)).ToDictionary(member => JsonNamingPolicy.CamelCase.ConvertName(member.Name), StringComparer.Ordinal);
        if (json.ValueKind != JsonValueKind.Object || !json.EnumerateObject().Any())
        {
            faults[place] = [$"must be an object with one or several of {string.Join(", ", members.Keys.Order(StringComparer.Ordinal))}"];
            return (values, given);
        }

        foreach (var one in json.EnumerateObject())
        {
            var name = one.Name;
            if (!members.TryGetValue(name, out var member)) faults[$"{place}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}"] = [$"must be one of {string.Join(", ", members.Keys.Order(StringComparer.Ordinal))}"];
            else if (FaultOf(one.Value, member, values) is { } fault) faults[$"{place}/{name}"] = [fault];
            else if (!given.Add(member.Name)) faults[$"{place}/{name}"] = ["is given more than once"];
        }

        return (values, given);
    }

    private static string? FaultOf(JsonElement json, PropertyInfo member, object values)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            var mayBeNone = member.GetCustomAttribute<RequiredAttribute>() is null && member.GetCustomAttribute<KeptWhenAbsentAttribute>() is not { CanBeCleared: false };
            if (!mayBeNone) return "must not be null";
            member.SetValue(values, null);
            return null;
        }

        try
        {
            member.SetValue(values, json.Deserialize(member.PropertyType, CrmJson.Options));
        }
        catch (JsonException e)
        {
            return e is FaultException ? e.Message : "is no value that it can have";
        }

        if (member.GetValue(values) is LeadStatus.Converted) return "must not be CONVERTED: leads are converted, and not set so";
        var context = new ValidationContext(values) { MemberName = member.Name, DisplayName = "It" };
        return member.GetCustomAttributes<ValidationAttribute>().Select(rule => rule.GetValidationResult(member.GetValue(values), context)).FirstOrDefault(result => result is not null)?.ErrorMessage;
    }
}
