using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crm.Tests.OpenApi;

namespace Crm.Tests.Input;

/// <summary>A request as it goes out, and as it is printed so that it can be sent again.</summary>
internal sealed record GeneratedRequest(OpenApiOperation Operation, string Path, IReadOnlyList<(string Name, string Value)> Headers, string? Body, string? ContentType)
{
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(HttpMethod.Parse(Operation.Method), Path);
        foreach (var (name, value) in Headers) message.Headers.TryAddWithoutValidation(name, value);
        if (Body is null) return message;
        message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
        message.Content.Headers.ContentType = ContentType is null ? null : MediaTypeHeaderValue.Parse(ContentType);
        return message;
    }

    public override string ToString() =>
        $"{Operation.Id}: {Operation.Method} {Path}\n{string.Join('\n', Headers.Where(header => header.Name != "Authorization").Select(header => $"{header.Name}: {header.Value}"))}"
        + (Body is null ? "" : $"\nContent-Type: {ContentType}\n\n{JsonSerializer.Serialize(Body)[1..^1].Replace("\\u0022", "\"", StringComparison.Ordinal)}");
}

/// <summary>What generated requests refer to.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Tokens">One for each role, and some that are none.</param>
/// <param name="Ids">Ids of records by their collection.</param>
/// <param name="Users">Ids of members.</param>
internal sealed record Pool(Guid TenantId, IReadOnlyList<string> Tokens, IReadOnlyDictionary<string, IReadOnlyList<Guid>> Ids, IReadOnlyList<string> Users);
