using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Crm.Database.Events;

namespace Crm.Database.Audit;

/// <summary>The hash that seals an event: SHA-256 over the hash before it and every stored column, each with its length, in this order.</summary>
public static class EventHash
{
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>What the first seal of a chain follows.</summary>
    public static readonly byte[] Beginning = new byte[Length];

    public static byte[] Of(ReadOnlySpan<byte> previous, Event e)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        Append(hash, e.TenantId);
        Append(hash, e.Id);
        Append(hash, e.Type);
        Append(hash, e.Collection);
        Append(hash, e.RecordId);
        Append(hash, e.Version);
        Append(hash, e.SubjectId);
        Append(hash, e.Actor);
        Append(hash, (e.OccurredAt.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
        Append(hash, e.Address);
        Append(hash, e.Credential);
        Append(hash, e.TraceId);
        Append(hash, e.Changes);
        Append(hash, e.Record);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, Guid? id) => Append(hash, id?.ToByteArray(bigEndian: true));

    private static void Append(IncrementalHash hash, string? text) => Append(hash, text is null ? null : Encoding.UTF8.GetBytes(text));

    private static void Append(IncrementalHash hash, long? number)
    {
        if (number is not { } value)
        {
            Append(hash, (byte[]?)null);
            return;
        }

        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        Append(hash, bytes);
    }

    /// <summary>The length as four bytes, -1 for what is missing, and then the bytes.</summary>
    private static void Append(IncrementalHash hash, byte[]? bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes?.Length ?? -1);
        hash.AppendData(length);
        if (bytes is not null) hash.AppendData(bytes);
    }
}
