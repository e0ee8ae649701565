using System.Collections;
using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Microsoft.Net.Http.Headers;

namespace Crm.Api.Http;

/// <summary>
/// Reads a JSON object member by member, so that every fault is told at once with its pointer. The framework's own reader stops
/// at the first, and tells of it by the names of our types.
/// </summary>
internal static class BodyReader
{
    private const int MaxDepth = 64;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth };

    public static async Task<(T Values, IReadOnlySet<string> Given)> ReadAsync<T>(HttpContext context, BodyMode mode) where T : class
    {
        RequireJson(context.Request, mode);
        using var document = await ParseAsync(context);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw CrmException.Invalid("", "must be a JSON object");

        var values = Activator.CreateInstance<T>();
        var faults = new Faults();
        var given = ReadObject(document.RootElement, values, mode, "", faults);
        faults.Throw();
        return (values, given);
    }

    /// <summary>Reads the members of an object, and tells which were given.</summary>
    private static HashSet<string> ReadObject(JsonElement source, object values, BodyMode mode, string place, Faults faults)
    {
        var members = Members.Of(values.GetType());
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var json in source.EnumerateObject())
        {
            var name = NameOf(json);
            if (name is null || !members.TryGetValue(name, out var member)) faults.Add(place + Pointer(name ?? "?"), "can't be written: no such member, or one that the service sets");
            else if (!given.Add(member.Property.Name)) faults.Add(place + member.Pointer, "is given more than once");
            else Read(json.Value, member, values, mode, place + member.Pointer, faults);
        }

        foreach (var member in members.Values)
        {
            var pointer = place + member.Pointer;
            if (given.Contains(member.Property.Name))
            {
                if (!faults.Has(pointer)) member.Validate(values, faults, pointer);
            }
            else if (mode != BodyMode.MergePatch)
            {
                var stays = mode == BodyMode.Replacement && member.IsKeptWhenAbsent;
                if (member.IsRequired && !stays) faults.Add(pointer, "is required");
                if (mode == BodyMode.Replacement && !stays) given.Add(member.Property.Name);
            }
        }

        return given;
    }

    private static void RequireJson(HttpRequest request, BodyMode mode)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || (mode == BodyMode.MergePatch && type.MediaType.Equals("application/merge-patch+json", StringComparison.OrdinalIgnoreCase)))
            && (type.Charset.Length == 0 || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        throw new CrmException(FailureKind.UnsupportedMediaType, FailureCodes.UnsupportedMediaType, "The body must be JSON in UTF-8, sent as Content-Type: application/json.");
    }

    private static async Task<JsonDocument> ParseAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, Strict, context.RequestAborted);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" at line {line + 1}, byte {e.BytePositionInLine + 1}" : "";
            throw new CrmException(FailureKind.Invalid, FailureCodes.MalformedJson, $"The body is no JSON that can be read{place}: it must be one complete value in UTF-8, at most {MaxDepth} deep.")
            {
                Errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { [""] = [$"is no readable JSON{place}"] },
            };
        }
    }

    public static string? NameOf(JsonProperty json)
    {
        try
        {
            return json.Name;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair: no name that we know
        }
    }

    private static void Read(JsonElement json, Member member, object values, BodyMode mode, string place, Faults faults)
    {
        if (member.IsNested && json.ValueKind == JsonValueKind.Object)
        {
            member.Property.SetValue(values, ReadNested(json, member.Property.PropertyType, place, faults));
            return;
        }

        if (member.ItemContract is { } contract && json.ValueKind == JsonValueKind.Array)
        {
            if (json.GetArrayLength() > member.MostItems) faults.Add(place, $"must hold at most {member.MostItems}"); // before each of too many has faults of its own
            else member.Property.SetValue(values, ReadItems(json, contract, place, faults));
            return;
        }

        try
        {
            var value = json.ValueKind == JsonValueKind.Null ? null : json.Deserialize(member.Property.PropertyType, CrmJson.Options);
            if (value is null && !member.TakesNull(mode)) faults.Add(place, member.IsRequired ? "is required" : $"must not be null; leave it out {(mode == BodyMode.Whole ? "for its default" : "to keep it as it is")}");
            else member.Property.SetValue(values, value);
        }
        catch (FaultException e)
        {
            faults.Add(place + PointerOf(e.Path), e.Message);
        }
        catch (JsonException e)
        {
            var inside = PointerOf(e.Path);
            faults.Add(place + inside, inside.Length == 0 ? member.Expected : member.ExpectedOfItem);
        }
    }

    private static object ReadNested(JsonElement json, Type contract, string place, Faults faults)
    {
        var nested = Activator.CreateInstance(contract)!;
        ReadObject(json, nested, BodyMode.Whole, place, faults);
        return nested;
    }

    private static IList ReadItems(JsonElement json, Type contract, string place, Faults faults)
    {
        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(contract))!;
        foreach (var item in json.EnumerateArray())
        {
            var inside = $"{place}/{items.Count}";
            if (item.ValueKind == JsonValueKind.Object)
            {
                items.Add(ReadNested(item, contract, inside, faults));
            }
            else
            {
                faults.Add(inside, Member.ExpectedOf(contract));
                items.Add(null);
            }
        }

        return items;
    }

    /// <summary>The part of a path such as <c>$[2].name</c> below the member, as a JSON pointer.</summary>
    private static string PointerOf(string? path) =>
        path is null or "$" ? "" : path[1..].Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Replace('.', '/');

    public static string Pointer(string name) =>
        "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
