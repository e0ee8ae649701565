using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Crm.Api.OpenApi;

/// <summary>The docstrings of our code, from the files that the compiler writes beside the assemblies; <c>c</c> becomes Markdown's code.</summary>
internal static partial class Docstrings
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, string>> Files = new();

    public static string? Of(Type type) => Find(type, $"T:{NameOf(type)}");

    public static string? Of(PropertyInfo property) => Find(property.DeclaringType!, $"P:{NameOf(property.DeclaringType!)}.{property.Name}");

    public static string? Of(MethodInfo method) => Find(method.DeclaringType!, $"M:{NameOf(method.DeclaringType!)}.{method.Name}");

    private static string? Find(Type type, string id) => Files.GetOrAdd(type.Assembly, Read).GetValueOrDefault(id);

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static Dictionary<string, string> Read(Assembly assembly)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        {
            if (member.Element("summary") is not { } summary) continue;
            var id = member.Attribute("name")!.Value.Split('(')[0];
            found.TryAdd(id, Spaces().Replace(string.Concat(summary.Nodes().Select(TextOf)), " ").Trim());
        }

        return found;
    }

    private static string TextOf(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element when (element.Attribute("cref") ?? element.Attribute("name") ?? element.Attribute("langword")) is { } named => $"`{named.Value.Split('.')[^1]}`",
        XElement element => element.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
