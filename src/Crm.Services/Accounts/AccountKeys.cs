using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Services.Accounts;

/// <summary>
/// What is derived from the service's own key, so that every instance agrees on it and nothing has to be kept: the seal of refresh
/// tokens, the code for the set-up, the key of forms.
/// </summary>
public sealed class AccountKeys(byte[] signingKey)
{
    public const int SecretBytes = 32;

    private readonly byte[] refresh = Derive(signingKey, "crm refresh token");

    /// <summary>For what a form without a session has to show.</summary>
    public byte[] Forms { get; } = Derive(signingKey, "crm form");

    /// <summary>The code that the set-up takes while there is no account: for whoever can read the console.</summary>
    public string SetUpCode { get; } = string.Join('-', Convert.ToHexStringLower(Derive(signingKey, "crm set-up code").AsSpan(0, 10)).Chunk(5).Select(part => new string(part)));

    /// <summary>SHA-256, which is enough for secrets of 256 random bits.</summary>
    public static string Hash(ReadOnlySpan<byte> secret) => Convert.ToHexStringLower(SHA256.HashData(secret));

    public static bool AreEqual(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    public bool IsSetUpCode(string? code) => code is not null && AreEqual(SetUpCode, code.Trim().ToLowerInvariant());

    /// <summary>A refresh token: the session, 256 random bits, and a seal that tells what we made from what anybody made up.</summary>
    internal string NewRefreshToken(Guid sessionId)
    {
        var token = new byte[16 + SecretBytes + 32];
        sessionId.TryWriteBytes(token);
        RandomNumberGenerator.Fill(token.AsSpan(16, SecretBytes));
        HMACSHA256.HashData(refresh, token.AsSpan(0, 16 + SecretBytes), token.AsSpan(16 + SecretBytes));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The session that a refresh token was made for, and the token's hash; null where it isn't one of ours.</summary>
    internal (Guid SessionId, string Hash)? ReadRefreshToken(string text)
    {
        Span<byte> token = stackalloc byte[16 + SecretBytes + 32];
        if (text.Length != Base64Url.GetEncodedLength(token.Length) || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, token, out var written) || written != token.Length) return null;
        Span<byte> seal = stackalloc byte[32];
        HMACSHA256.HashData(refresh, token[..(16 + SecretBytes)], seal);
        return CryptographicOperations.FixedTimeEquals(seal, token[(16 + SecretBytes)..]) ? (new Guid(token[..16]), Hash(token)) : null;
    }

    private static byte[] Derive(byte[] key, string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes(purpose));
}
