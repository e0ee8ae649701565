using Crm.Api.Http;
using Crm.Contracts.Analytics;
using Crm.Contracts.Lists;

namespace Crm.Api.OpenApi;

/// <summary>What schemas are called: as their contract, or what a client would call it.</summary>
internal static class SchemaNames
{
    public static string Of(Type type)
    {
        if (!type.IsGenericType) return type.Name;
        var item = type.GenericTypeArguments[0].Name;
        if (item.EndsWith("View", StringComparison.Ordinal)) item = item[..^"View".Length];
        var definition = type.GetGenericTypeDefinition();
        return item + (definition == typeof(Page<>) || definition == typeof(CountedPage<>) ? "Page" : "List");
    }

    public static string Of(BodyMetadata body) => body.Mode switch
    {
        BodyMode.Replacement => $"{body.Type.Name}Replacement",
        BodyMode.MergePatch => $"{body.Type.Name}Patch",
        _ => body.Type.Name,
    };
}
