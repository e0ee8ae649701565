using System.Collections;
using System.Globalization;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;
using Microsoft.Extensions.Primitives;

namespace Crm.Api.Http;

/// <summary>Reads what is written in a query into the members of a contract.</summary>
internal static class QueryReader
{
    /// <param name="member">Which member.</param>
    /// <param name="texts">What is written, once or several times.</param>
    /// <param name="values">The contract.</param>
    /// <param name="faults">What is wrong with it.</param>
    /// <param name="place">Where it is written, for the faults.</param>
    public static void Read(Member member, StringValues texts, object values, Faults faults, string place)
    {
        var type = Nullable.GetUnderlyingType(member.Property.PropertyType) ?? member.Property.PropertyType;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(type.GenericTypeArguments))!;
            foreach (var text in texts.SelectMany(text => Values(text!, type.GenericTypeArguments[0])))
            {
                if (Parse(text, type.GenericTypeArguments[0]) is not { } value) faults.Add(place, FaultOf(text, type.GenericTypeArguments[0]));
                else if (!list.Contains(value)) list.Add(value);
            }

            member.Property.SetValue(values, list);
        }
        else if (texts.Count > 1)
        {
            faults.Add(place, "is given more than once");
        }
        else if (member.Name is "search" or "q" && string.IsNullOrWhiteSpace(texts[0]))
        {
            // An empty search box searches for nothing.
        }
        else if (Parse(texts[0]!, type) is { } value)
        {
            member.Property.SetValue(values, value);
        }
        else
        {
            faults.Add(place, FaultOf(texts[0]!, type));
        }
    }

    /// <summary>The values that a text stands for: those between the commas; of texts also the whole, as a user's id may have commas.</summary>
    private static string[] Values(string text, Type type)
    {
        var values = text.Split(',');
        return type == typeof(string) && values.Length > 1 ? [.. values, text] : values;
    }

    private static string FaultOf(string text, Type type)
    {
        if (type == typeof(string)) return TextConverter.Fault(text) ?? "must not be empty";
        // An offset's plus that was not escaped has become a space.
        if (type == typeof(DateTimeOffset) && InstantConverter.TryParse(text.Replace(' ', '+'), out _)) return $"{InstantConverter.Expected}, or +01:00 with the + written as %2B";
        return Member.ExpectedOf(type);
    }

    private static object? Parse(string text, Type type)
    {
        var invariant = CultureInfo.InvariantCulture;
        if (type == typeof(string)) return TextConverter.Fault(text) is null ? TextConverter.Normalise(text) : null;
        if (type == typeof(int)) return int.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out var number) ? number : null;
        if (type == typeof(decimal)) return DecimalConverter.TryParse(text, out var amount) ? amount : null;
        if (type == typeof(Guid)) return Guid.TryParseExact(text, "D", out var id) ? id : null;
        if (type == typeof(bool)) return text switch { "true" => true, "false" => false, _ => null };
        if (type == typeof(DateTimeOffset)) return InstantConverter.TryParse(text, out var instant) ? instant : null;
        if (type == typeof(DateOnly)) return DateConverter.TryParse(text, out var date) ? date : null;
        return EnumOf(text, type);
    }

    private static object? EnumOf(string text, Type type)
    {
        // A list's own words are written in lower case, as they are no values of records.
        if (type == typeof(TotalMode)) return text switch { "capped" => TotalMode.Capped, "exact" => TotalMode.Exact, "none" => TotalMode.None, _ => null };
        if (type == typeof(ListFormat)) return text switch { "json" => ListFormat.Json, "csv" => ListFormat.Csv, _ => null };
        object?[] arguments = [text, null];
        var found = (bool)typeof(EnumNames<>).MakeGenericType(type).GetMethod("TryParse")!.Invoke(null, arguments)!;
        return found ? arguments[1] : null;
    }
}
