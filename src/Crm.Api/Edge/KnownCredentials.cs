using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Crm.Api.Auth;

namespace Crm.Api.Edge;

/// <summary>Which credentials were good lately, by their hashes: whoever shows one isn't guessing. Forgetting costs nothing but patience.</summary>
internal sealed class KnownCredentials
{
    private const int Capacity = 50_000;

    private readonly ConcurrentDictionary<UInt128, byte> known = new();

    public bool Has(HttpRequest request) => Hash(request) is { } hash && known.ContainsKey(hash);

    public void Add(HttpRequest request)
    {
        if (Hash(request) is not { } hash || known.ContainsKey(hash)) return;
        if (known.Count >= Capacity) known.Clear();
        known[hash] = 0;
    }

    public void Remove(HttpRequest request)
    {
        if (Hash(request) is { } hash) known.TryRemove(hash, out _);
    }

    private static UInt128? Hash(HttpRequest request)
    {
        var shown = request.Headers.Authorization is { Count: > 0 } header ? header.ToString() : SessionCookie.Read(request);
        return string.IsNullOrEmpty(shown) ? null : System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(shown)));
    }
}
