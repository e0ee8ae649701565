using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Services.Webhooks;

/// <summary>Secrets and signatures by Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body.</summary>
public static class WebhookSignature
{
    private const int SecretBytes = 32;
    private const string Prefix = "whsec_";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>A secret as its owner has it.</summary>
    public static string TextOf(byte[] secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>A signature by each secret, with spaces between them. Of several the last stands there twice, as the library that there is for C# overlooks the last of several.</summary>
    public static string Of(IReadOnlyList<byte[]> secrets, Guid eventId, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{eventId}.{at.ToUnixTimeSeconds()}.")), .. body];
        var signatures = secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, content))}").ToList();
        if (signatures.Count > 1) signatures.Add(signatures[^1]);
        return string.Join(' ', signatures);
    }
}
