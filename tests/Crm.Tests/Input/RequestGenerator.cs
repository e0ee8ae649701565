using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Tests.OpenApi;

namespace Crm.Tests.Input;

/// <summary>Requests made from the OpenAPI document: most of them as it says, the others spoilt in one way or two.</summary>
internal sealed class RequestGenerator
{
    private readonly Random random;
    private readonly Pool pool;
    private readonly ValueGenerator values;

    public RequestGenerator(Random random, Pool pool) => (this.random, this.pool, values) = (random, pool, new ValueGenerator(random, pool));

    public GeneratedRequest Next()
    {
        var operation = random.Pick(OpenApiDocument.Operations);
        if (operation.Method == "DELETE" && random.Chance(50)) operation = random.Pick(OpenApiDocument.Operations); // so that most records are there
        var parameters = operation.Json.TryGetProperty("parameters", out var declared) ? declared.EnumerateArray().Select(OpenApiDocument.Resolve).ToList() : [];
        var (body, contentType) = Body(operation);
        return new GeneratedRequest(operation, Path(operation) + Query(parameters), Headers(parameters), body, contentType);
    }

    private string Path(OpenApiOperation operation)
    {
        var path = operation.Path.Replace("{userId}", Uri.EscapeDataString(values.User()), StringComparison.Ordinal);
        if (!path.Contains("{id}", StringComparison.Ordinal)) return path;
        return path.Replace("{id}", random.Chance(97) ? values.Id(path.Split('/').TakeWhile(part => part != "{id}").Last()) : random.Pick(["x", "1", "%27", "00000000-0000-0000-0000-000000000000", "{id}"]), StringComparison.Ordinal);
    }

    private string Query(IReadOnlyList<JsonElement> parameters)
    {
        var pairs = new List<string>();
        foreach (var parameter in parameters.Where(parameter => parameter.GetProperty("in").GetString() == "query" && random.Chance(15)))
        {
            var name = parameter.GetProperty("name").GetString()!;
            var given = random.Chance(8) ? [values.AnyText()] : Texts(values.Of(parameter.GetProperty("schema"), name));
            pairs.AddRange(given.Select(value => $"{name}={Uri.EscapeDataString(value)}"));
        }

        if (random.Chance(3)) pairs.Add($"{Uri.EscapeDataString(values.AnyName())}=1");
        return pairs.Count == 0 ? "" : "?" + string.Join('&', pairs);
    }

    private static IEnumerable<string> Texts(JsonNode? value) => value switch
    {
        null => [],
        JsonArray items => items.SelectMany(Texts),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => [text.GetValue<string>()],
        _ => [value.ToJsonString()],
    };

    private List<(string Name, string Value)> Headers(IReadOnlyList<JsonElement> parameters)
    {
        var headers = new List<(string, string)>();
        if (!random.Chance(1)) headers.Add(("Authorization", $"Bearer {random.Pick(pool.Tokens)}"));
        foreach (var name in parameters.Where(parameter => parameter.GetProperty("in").GetString() == "header").Select(parameter => parameter.GetProperty("name").GetString()!))
        {
            if (name == "X-Tenant-Id") headers.AddRange(Tenant().Select(tenant => (name, tenant)));
            else if (random.Chance(30)) headers.Add((name, Header(name)));
        }

        return headers;
    }

    private IEnumerable<string> Tenant() => random.Next(100) switch { 0 => [], 1 => ["x"], 2 => [Guid.CreateVersion7().ToString()], _ => [pool.TenantId.ToString()] };

    private string Header(string name) => name switch
    {
        "Idempotency-Key" => random.Chance(95) ? $"key {random.Next(1000)}" : new string('k', 256),
        _ => random.Pick(["*", "\"1\"", "\"2\"", "W/\"1\"", "\"1\", \"2\"", "\"2-overdue\"", "1", "\"x\"", "\"99999999999\"", ",", "\""]),
    };

    private (string? Body, string? ContentType) Body(OpenApiOperation operation)
    {
        if (!operation.Json.TryGetProperty("requestBody", out var declared)) return (null, null);
        var content = random.Pick([.. OpenApiDocument.Resolve(declared).GetProperty("content").EnumerateObject()]);
        var body = values.Of(content.Value.GetProperty("schema"), "body")!.AsObject();
        var text = random.Chance(35) ? Spoilt(body) : body.ToJsonString();
        if (random.Chance(2)) text = random.Pick(["", "null", "[]", "{", text[..(text.Length / 2)], text + "}", $"{{\"a\":{new string('[', 70)}", "\u0000"]);
        return (text.Replace(ValueGenerator.LoneSurrogate, "\\ud800", StringComparison.Ordinal), random.Chance(98) ? content.Name : random.Pick([null, "text/plain", "application/json; charset=utf-16"]));
    }

    /// <summary>With some members of other kinds, left out, added or given twice.</summary>
    private string Spoilt(JsonObject body)
    {
        var members = body.Select(pair => (pair.Key, Json: pair.Value?.ToJsonString() ?? "null")).ToList();
        for (var faults = random.Next(1, 3); faults > 0; faults--)
        {
            var at = members.Count == 0 ? -1 : random.Next(members.Count);
            switch (at < 0 ? 0 : random.Next(5))
            {
                case 0: members.Add((values.AnyName(), values.AnyJson())); break;
                case 1: members.RemoveAt(at); break;
                case 2: members.Add(members[at]); break;
                default: members[at] = (members[at].Key, values.AnyJson()); break;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{{{string.Join(',', members.Select(member => $"{JsonSerializer.Serialize(member.Key)}:{member.Json}"))}}}");
    }
}
