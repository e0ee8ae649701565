using System.Collections;
using System.Globalization;
using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;

namespace Crm.Client;

/// <summary>A query contract as the part of an address behind the question mark; what is at its default is left out.</summary>
internal static class QueryString
{
    public static string Of<TQuery>(TQuery query) where TQuery : class
    {
        var defaults = Activator.CreateInstance<TQuery>();
        var parts = typeof(TQuery).GetProperties()
            .Where(property => property.CanWrite && !Equals(property.GetValue(query), property.GetValue(defaults)))
            .SelectMany(property => Texts(property.GetValue(query)!).Select(text => $"{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}={Uri.EscapeDataString(text)}"));
        return string.Join('&', parts) is { Length: > 0 } text ? "?" + text : "";
    }

    private static IEnumerable<string> Texts(object value) => value switch
    {
        string text => [text],
        TotalMode mode => [mode.ToString().ToLowerInvariant()],
        bool flag => [flag ? "true" : "false"],
        IEnumerable several => several.Cast<object>().SelectMany(Texts),
        Enum or DateTimeOffset or DateOnly => [JsonSerializer.SerializeToElement(value, value.GetType(), CrmJson.Options).GetString()!],
        _ => [Convert.ToString(value, CultureInfo.InvariantCulture)!],
    };
}
