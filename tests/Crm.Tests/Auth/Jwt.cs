using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crm.Tests.Kit;

namespace Crm.Tests.Auth;

/// <summary>Tokens written by hand, so that each can be wrong in just the way that is wanted.</summary>
internal static class Jwt
{
    public const string Header = """{"alg":"HS256","typ":"JWT"}""";
    private static readonly byte[] Key = Encoding.UTF8.GetBytes(CrmHost.SigningKey);

    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The claims of a right token, with some of them others; a null takes one away.</summary>
    public static string Claims(Guid tenant, params (string Name, object? Value)[] others)
    {
        var claims = new Dictionary<string, object?>(StringComparer.Ordinal) { ["sub"] = "ada", ["tenant_id"] = tenant, ["role"] = "ADMIN", ["exp"] = Now + 600 };
        foreach (var (name, value) in others) claims[name] = value;
        return JsonSerializer.Serialize(claims.Where(claim => claim.Value is not null).ToDictionary());
    }

    public static string Sign(string payload, string header = Header) => Sign(header, payload, text => HMACSHA256.HashData(Key, text));

    public static string Sign(string header, string payload, Func<byte[], byte[]> signature)
    {
        var text = $"{Encode(header)}.{Encode(payload)}";
        return $"{text}.{Encode(signature(Encoding.ASCII.GetBytes(text)))}";
    }

    public static byte[] Hs384(byte[] text) => HMACSHA384.HashData(Key, text);

    public static byte[] Hs512(byte[] text) => HMACSHA512.HashData(Key, text);

    public static byte[] Hs256(byte[] text) => HMACSHA256.HashData(Key, text);

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Asks with a token that no <see cref="Client"/> has.</summary>
    public static async Task<Answer> AskAsync(this CrmHost host, string token, string tenant, string path = "/api/me", HttpMethod? method = null, object? body = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        request.Headers.TryAddWithoutValidation("X-Tenant-Id", tenant);
        if (body is not null) request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await host.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    public static Task<Answer> AskAsync(this CrmHost host, string token, Guid tenant, string path = "/api/me", HttpMethod? method = null, object? body = null) =>
        host.AskAsync(token, tenant.ToString(), path, method, body);
}
