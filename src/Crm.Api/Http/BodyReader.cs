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

        var members = Members<T>.ByName;
        var values = Activator.CreateInstance<T>();
        var given = new HashSet<string>(StringComparer.Ordinal);
        var faults = new Faults();
        foreach (var json in document.RootElement.EnumerateObject())
        {
            var name = NameOf(json);
            if (name is null || !members.TryGetValue(name, out var member)) faults.Add(Pointer(name ?? "?"), "can't be written: no such member, or one that the service sets");
            else if (!given.Add(member.Property.Name)) faults.Add(member.Pointer, "is given more than once");
            else Read(json.Value, member, values, mode, faults);
        }

        foreach (var member in members.Values)
        {
            if (given.Contains(member.Property.Name))
            {
                if (!faults.Has(member.Pointer)) member.Validate(values, faults);
            }
            else if (mode != BodyMode.MergePatch)
            {
                var stays = mode == BodyMode.Replacement && member.IsKeptWhenAbsent;
                if (member.IsRequired && !stays) faults.Add(member.Pointer, "is required");
                if (mode == BodyMode.Replacement && !stays) given.Add(member.Property.Name);
            }
        }

        faults.Throw();
        return (values, given);
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

    private static string? NameOf(JsonProperty json)
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

    private static void Read<T>(JsonElement json, Member member, T values, BodyMode mode, Faults faults) where T : class
    {
        try
        {
            var value = json.ValueKind == JsonValueKind.Null ? null : json.Deserialize(member.Property.PropertyType, CrmJson.Options);
            if (value is null && !member.TakesNull(mode)) faults.Add(member.Pointer, member.IsRequired ? "is required" : $"must not be null; leave it out {(mode == BodyMode.Whole ? "for its default" : "to keep it as it is")}");
            else member.Property.SetValue(values, value);
        }
        catch (FaultException e)
        {
            faults.Add(member.Pointer + PointerOf(e.Path), e.Message);
        }
        catch (JsonException e)
        {
            faults.Add(member.Pointer + PointerOf(e.Path), member.Expected);
        }
    }

    /// <summary>The part of a path such as <c>$[2].name</c> below the member, as a JSON pointer.</summary>
    private static string PointerOf(string? path) =>
        path is null or "$" ? "" : path[1..].Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Replace('.', '/');

    private static string Pointer(string name) =>
        "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
