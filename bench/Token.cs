using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Bench;

/// <summary>Tokens as the service issues them, for those who measure it.</summary>
internal static class Token
{
    /// <summary>An admin's of a tenant, which doesn't end.</summary>
    public static string Of(Guid tenantId, string user, string key)
    {
        var head = Encode("""{"alg":"HS256","typ":"JWT"}""");
        var claims = Encode($$"""{"sub":"{{user}}","tenant_id":"{{tenantId}}","role":"ADMIN","exp":4102444800}""");
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes($"{head}.{claims}"));
        return $"{head}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
