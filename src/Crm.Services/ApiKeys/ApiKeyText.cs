using System.Security.Cryptography;
using System.Text;

namespace Crm.Services.ApiKeys;

/// <summary>An API key as its bearer has it: <c>crm_</c>, the tenant, the key's id and a secret of 256 bits, each in lower-case hex.</summary>
public sealed record ApiKeyText(Guid TenantId, Guid Id, string Text)
{
    private const string Start = "crm_";
    private const int Hex = 32;
    private const int SecretBytes = 32;
    private const int PrefixLength = 4 + Hex + 1 + Hex;

    /// <summary>All but the secret.</summary>
    public string Prefix => Text[..PrefixLength];

    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    public static ApiKeyText New(Guid tenantId, Guid id) =>
        new(tenantId, id, $"{Start}{tenantId:N}_{id:N}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes))}");

    /// <summary>Whether a text claims to be a key of ours, rightly or not.</summary>
    public static bool IsMeant(string text) => text.StartsWith(Start, StringComparison.OrdinalIgnoreCase);

    /// <summary>Null for what can't be a key, whatever the database holds.</summary>
    public static ApiKeyText? Parse(string text)
    {
        if (text.Length != PrefixLength + 1 + (2 * SecretBytes) || !text.StartsWith(Start, StringComparison.Ordinal)) return null;
        var parts = text[Start.Length..].Split('_');
        if (parts.Length != 3 || !parts.All(part => part.All(char.IsAsciiHexDigitLower))) return null;
        return parts[0].Length == Hex && parts[1].Length == Hex ? new ApiKeyText(Guid.ParseExact(parts[0], "N"), Guid.ParseExact(parts[1], "N"), text) : null;
    }
}

/// <summary>What the bearer of an API key may reach, besides what its role may.</summary>
/// <param name="ReadOnly">Whether the bearer may only read.</param>
/// <param name="Resources">The collections; null for all.</param>
/// <param name="ExpiresAt">When the key ends; null for never.</param>
public sealed record ApiKeyScope(bool ReadOnly, IReadOnlyList<string>? Resources, DateTimeOffset? ExpiresAt);
