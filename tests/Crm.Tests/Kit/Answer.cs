using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace Crm.Tests.Kit;

/// <summary>What came back.</summary>
public sealed record Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Bytes);

    public Guid Id => this["id"].GetGuid();

    public string ETag => Headers["ETag"];

    /// <summary>A member of the body.</summary>
    public JsonElement this[string member] => Json.GetProperty(member);

    /// <summary>A problem's code.</summary>
    public string Code => this["code"].GetString()!;

    /// <summary>The places that a problem names.</summary>
    public IReadOnlyList<string> Faults => Json.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(error => error.Name)] : [];

    /// <summary>A list's items.</summary>
    public IReadOnlyList<JsonElement> Items => [.. this["items"].EnumerateArray()];

    /// <summary>Whether nothing is counted or added up anywhere in it: a list without items, or a report of nothing.</summary>
    public bool IsOfNothing => Numbers(Json, "").All(number => number.Value == 0 || number.Place is "/skip" or "/take");

    public Answer ShouldBe(HttpStatusCode status)
    {
        Status.ShouldBe(status, Text);
        return this;
    }

    /// <summary>A problem with this status and code.</summary>
    public Answer ShouldFail(HttpStatusCode status, string code)
    {
        ShouldBe(status);
        Headers["Content-Type"].ShouldStartWith("application/problem+json");
        Code.ShouldBe(code, Text);
        return this;
    }

    private static IEnumerable<(string Place, decimal Value)> Numbers(JsonElement json, string place) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Numbers(member.Value, $"{place}/{member.Name}")),
        JsonValueKind.Array => json.EnumerateArray().SelectMany((item, i) => Numbers(item, $"{place}/{i}")),
        JsonValueKind.Number => [(place, json.GetDecimal())],
        _ => [],
    };

    internal static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        await response.Content.ReadAsByteArrayAsync());
}
