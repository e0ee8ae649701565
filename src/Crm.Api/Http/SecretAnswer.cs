using System.Security.Cryptography;
using System.Text;
using Crm.Api.Hosting;
using Crm.Contracts.Failures;

namespace Crm.Api.Http;

/// <summary>Marks an endpoint whose answer holds a secret: what is kept of it under an <c>Idempotency-Key</c> is sealed.</summary>
internal sealed record SecretAnswer;

/// <summary>
/// Seals a kept answer by AES-GCM, with a key made of the caller's <c>Idempotency-Key</c>, of which the database knows a hash, and of
/// the service's own. Neither the database nor the key alone tells the secret.
/// </summary>
internal static class SealedAnswers
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Where an authority issues the tokens there is no key that all instances share: the answer can be repeated by this process alone.</summary>
    private static readonly byte[] OfProcess = RandomNumberGenerator.GetBytes(32);

    public static byte[] Seal(HttpContext context, string idempotencyKey, byte[] body)
    {
        var result = new byte[NonceBytes + body.Length + TagBytes];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(KeyOf(context, idempotencyKey), TagBytes);
        aes.Encrypt(result.AsSpan(0, NonceBytes), body, result.AsSpan(NonceBytes, body.Length), result.AsSpan(NonceBytes + body.Length));
        return result;
    }

    /// <exception cref="CrmException">422: the service's key is another one by now.</exception>
    public static byte[] Open(HttpContext context, string idempotencyKey, byte[] kept)
    {
        var body = new byte[kept.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(KeyOf(context, idempotencyKey), TagBytes);
        try
        {
            aes.Decrypt(kept.AsSpan(0, NonceBytes), kept.AsSpan(NonceBytes, body.Length), kept.AsSpan(NonceBytes + body.Length), body);
            return body;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new CrmException(FailureKind.Unprocessable, FailureCodes.KeyReused, "The answer that was kept under this Idempotency-Key can't be read any more, since the service's own key was changed, or was another process's. Look whether what it made is there; if not, use a new key.");
        }
    }

    private static byte[] KeyOf(HttpContext context, string idempotencyKey) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, [.. context.RequestServices.GetRequiredService<CrmSettings>().SigningKey ?? OfProcess, .. Encoding.UTF8.GetBytes(idempotencyKey)], 32, info: "crm kept answer"u8.ToArray());
}
