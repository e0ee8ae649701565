using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Crm.Api.Auth;

namespace Crm.Api.Edge;

/// <summary>Which credentials were good lately, by their hashes: whoever shows one isn't guessing. Forgetting costs nothing but patience.</summary>
internal sealed class KnownCredentials(TimeProvider clock)
{
    private const int Capacity = 50_000;

    /// <summary>With the limit that each has used up, and when.</summary>
    private readonly ConcurrentDictionary<UInt128, (BucketState? State, long At)> known = new();

    public bool Has(HttpRequest request) => Hash(request) is { } hash && known.ContainsKey(hash);

    public void Add(HttpRequest request)
    {
        if (Hash(request) is not { } hash || known.ContainsKey(hash)) return;
        if (known.Count >= Capacity) known.Clear();
        known[hash] = default;
    }

    /// <summary>Keeps that the credential used up a limit, so that until it may ask again nobody looks it up.</summary>
    public void UseUp(HttpRequest request, BucketState state)
    {
        if (Hash(request) is { } hash) known[hash] = (state, clock.GetTimestamp());
    }

    /// <summary>The limit that the credential has used up; null where it may ask.</summary>
    public BucketState? UsedUp(HttpRequest request)
    {
        if (Hash(request) is not { } hash || !known.TryGetValue(hash, out var kept) || kept.State is not { } state) return null;
        var left = state.RetryAfter - clock.GetElapsedTime(kept.At);
        return left > TimeSpan.Zero ? state with { RetryAfter = left } : null;
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
