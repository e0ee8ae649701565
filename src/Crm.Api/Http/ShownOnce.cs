using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crm.Api.Http;

/// <summary>A member of an answer that is a secret: shown once, and null where the answer is repeated by its <c>Idempotency-Key</c>.</summary>
internal sealed record ShownOnce(string Member)
{
    public byte[] Without(byte[] body)
    {
        if (JsonNode.Parse(body) is not JsonObject answer || !answer.ContainsKey(Member)) return body;
        answer[Member] = null;
        return JsonSerializer.SerializeToUtf8Bytes(answer);
    }
}
