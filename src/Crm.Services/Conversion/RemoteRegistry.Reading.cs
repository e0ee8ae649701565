using System.Text;
using System.Text.Json;

namespace Crm.Services.Conversion;

public sealed partial class RemoteRegistry
{
    private const int MostCharacters = 500;

    private static TimeSpan? AfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when response.Headers.Date is { } now => date - now, // by its own clock
        _ => null,
    };

    private static RegistryAnswer Read(HttpAnswer answer, Func<RegistryAnswer> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException) // a member's name has half of a surrogate pair
        {
            return Nonsense(answer, "text that is no Unicode");
        }
    }

    /// <summary>Who was found. A registry that passes over the question, and names whomever it has, is not believed.</summary>
    private static RegistryAnswer Found(HttpAnswer answer, string reference)
    {
        if (answer.Json() is not { ValueKind: JsonValueKind.Object } page || !page.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Array) return Nonsense(answer, "no list of customers");
        if (items.GetArrayLength() == 0) return new RegistryAnswer.Nobody();
        if (TextIn(items[0], "externalReference") is { } other && other != reference) return Nonsense(answer, "a customer of another reference");
        return IdIn(items[0]) is { } id ? new RegistryAnswer.Customer(id) : Nonsense(answer, "a customer without an id");
    }

    private RegistryAnswer.Later Later(HttpAnswer answer) =>
        new($"The registry answered {answer.Status}{(DetailIn(answer) is { } detail ? $": {detail}" : ".")}", answer.After);

    private static RegistryAnswer.Nonsense Nonsense(HttpAnswer answer, string what) => new($"The registry answered {answer.Status} with {what}.");

    /// <summary>An id is a text or a number that can be kept, and never empty.</summary>
    private static string? IdIn(JsonElement? body)
    {
        if (body is not { ValueKind: JsonValueKind.Object } element || !element.TryGetProperty("id", out var id)) return null;
        var text = id.ValueKind == JsonValueKind.Number ? id.GetRawText() : TextIn(element, "id");
        return text is { Length: > 0 and <= 200 } && !string.IsNullOrWhiteSpace(text) && !text.Any(c => char.IsControl(c) || c == '\uFFFD') ? text : null;
    }

    /// <summary>The registry's reason, as it can be kept: without our secret, which it may have repeated, and not cut through a character.</summary>
    private string? DetailIn(HttpAnswer answer)
    {
        if (answer.Json() is not { } problem || (TextIn(problem, "detail") ?? TextIn(problem, "title"))?.Replace("\0", "", StringComparison.Ordinal) is not { Length: > 0 } text) return null;
        if (secret is not null) text = text.Replace(secret, "…", StringComparison.Ordinal);
        text = text.TrimEnd();
        if (!text.EndsWith('.')) text += ".";
        return text.Length <= MostCharacters ? text : text[..(char.IsHighSurrogate(text[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)];
    }

    /// <summary>A member's text; null where there is none, also one that is empty or no Unicode.</summary>
    private static string? TextIn(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException) // half of a surrogate pair
        {
            return null;
        }
    }

    /// <summary>An answer that was read, or why there is none.</summary>
    private sealed record HttpAnswer(int Status, byte[] Body, TimeSpan? After)
    {
        public HttpAnswer(RegistryAnswer failure) : this(0, [], null) => Failure = failure;

        public RegistryAnswer? Failure { get; }

        /// <summary>Whether the registry itself failed; not to have a search isn't a fault.</summary>
        public bool IsFault => Status >= 500 && Status != 501;

        public JsonElement? Json()
        {
            try
            {
                return JsonSerializer.Deserialize<JsonElement>(Encoding.UTF8.GetString(Body)); // with marks for what is no UTF-8
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
