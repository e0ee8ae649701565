using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Crm.Api.Auth;

namespace Crm.Api.Edge;

/// <summary>Which credentials were good lately, by their hashes: whoever shows one isn't guessing. Forgetting costs nothing but patience.</summary>
internal sealed class KnownCredentials(TimeProvider clock)
{
    private const int Capacity = 50_000;

    /// <summary>With the tenants that each may act for.</summary>
    private readonly ConcurrentDictionary<UInt128, IReadOnlyList<Guid>> known = new();

    /// <summary>What each has used up for a tenant, and when. Another tenant that it may act for has limits of its own.</summary>
    private readonly ConcurrentDictionary<(UInt128 Credential, Guid TenantId), (BucketState State, long At)> usedUp = new();

    public bool Has(HttpRequest request) => Hash(request) is { } hash && known.ContainsKey(hash);

    public void Add(HttpRequest request, IReadOnlyList<Guid> tenants)
    {
        if (Hash(request) is not { } hash || (known.TryGetValue(hash, out var before) && before.SequenceEqual(tenants))) return;
        if (known.Count >= Capacity) known.Clear();
        known[hash] = tenants;
    }

    /// <summary>Keeps that the credential used up a limit for the tenant, the empty one for any that it may not act for, so that until it may ask again nobody looks it up.</summary>
    public void UseUp(HttpRequest request, Guid tenantId, BucketState state)
    {
        if (Hash(request) is not { } hash) return;
        if (usedUp.Count >= Capacity) usedUp.Clear();
        usedUp[(hash, tenantId)] = (state, clock.GetTimestamp());
    }

    /// <summary>The limit that the credential has used up for the tenant; null where it may ask.</summary>
    public BucketState? UsedUp(HttpRequest request, Guid tenantId)
    {
        if (Hash(request) is not { } hash || !known.TryGetValue(hash, out var tenants)) return null;
        if (!tenants.Contains(tenantId)) tenantId = Guid.Empty;
        if (!usedUp.TryGetValue((hash, tenantId), out var kept)) return null;
        var left = kept.State.RetryAfter - clock.GetElapsedTime(kept.At);
        if (left > TimeSpan.Zero) return kept.State with { RetryAfter = left };
        usedUp.TryRemove((hash, tenantId), out _);
        return null;
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
