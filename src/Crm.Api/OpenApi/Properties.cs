using System.Reflection;
using System.Text.Json.Serialization;

namespace Crm.Api.OpenApi;

/// <summary>The properties of a contract in the order in which they are declared, its own before those that it inherits. Reflection promises no order.</summary>
internal static class Properties
{
    public static IEnumerable<PropertyInfo> Of(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .OrderBy(property => property.GetCustomAttribute<JsonPropertyOrderAttribute>()?.Order ?? 0)
            .ThenBy(property => property.DeclaringType == type ? 0 : 1)
            .ThenBy(property => property.MetadataToken);
}
