using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crm.Tests.Kit;

namespace Crm.Tests.Members;

/// <summary>Tokens as an issuer that isn't ours makes them: with the claims that a test gives and no others.</summary>
internal static class Tokens
{
    public static string Of(Guid tenantId, string sub, params (string Name, object Value)[] claims)
    {
        var payload = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = sub,
            ["tenant_id"] = tenantId,
            ["exp"] = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
        };
        foreach (var (name, value) in claims) payload[name] = value;
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(JsonSerializer.SerializeToUtf8Bytes(payload))}";
        return $"{signed}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(CrmHost.SigningKey), Encoding.UTF8.GetBytes(signed)))}";
    }

    /// <summary>Asks as the bearer of a token.</summary>
    public static Task<Answer> AsAsync(this Client client, string token, HttpMethod method, string path, object? body = null) => client.Host.SendPlainAsync(
        method, path, body is null ? null : (JsonSerializer.Serialize(body), "application/json"), PlainRequests.Bearer(token), PlainRequests.Tenant(client.TenantId));

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
