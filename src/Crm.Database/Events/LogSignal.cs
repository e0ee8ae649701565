using System.Collections.Concurrent;

namespace Crm.Database.Events;

/// <summary>
/// Wakes those who wait for the event log, in this process and through <see cref="LogLink"/> in others: the sealer when something was written, the
/// relay and the live streams when something was sealed. A signal that is lost costs whoever waits a second's delay, nothing else: everybody looks by themselves as often.
/// </summary>
public sealed class LogSignal
{
    private readonly Pulse written = new();
    private readonly Pulse outgoing = new();
    private readonly Pulse sealedSome = new();
    private readonly ConcurrentDictionary<Guid, byte> sealedOf = new();
    private readonly ConcurrentDictionary<Guid, byte> toTell = new();
    private readonly ConcurrentDictionary<Guid, Pulse> ofTenants = new();
    private volatile bool sealsHere;
    private volatile bool isWrittenToTell;

    /// <summary>Ends when something is written from now on, anywhere.</summary>
    public Task NextWritten => written.Next;

    /// <summary>Ends when something of any tenant is sealed from now on, anywhere.</summary>
    public Task NextSealed => sealedSome.Next;

    /// <summary>Ends when there is something to tell the other instances.</summary>
    internal Task NextOutgoing => outgoing.Next;

    /// <summary>Notes that this process seals what it writes, so that no other need be woken for it.</summary>
    public void SealHere() => sealsHere = true;

    /// <summary>Something of a tenant was sealed here, or made for those who watch it.</summary>
    public void Sealed(Guid tenantId)
    {
        Hear(tenantId);
        toTell.TryAdd(tenantId, 0);
        outgoing.Beat();
    }

    /// <summary>The tenants of which something was sealed since this was asked last.</summary>
    public IReadOnlyList<Guid> TakeSealed() => Take(sealedOf);

    /// <summary>Ends when something of the tenant is sealed from now on. Ask for it before looking at what is there, so that nothing falls between.</summary>
    public Task NextOf(Guid tenantId) => ofTenants.GetOrAdd(tenantId, static _ => new Pulse()).Next;

    /// <summary>Something else changed for who waits for what is sealed, such as a place that has become free.</summary>
    public void Stir() => sealedSome.Beat();

    internal void Written()
    {
        written.Beat();
        if (sealsHere) return;
        isWrittenToTell = true;
        outgoing.Beat();
    }

    internal void HearWritten() => written.Beat();

    internal void Hear(Guid tenantId)
    {
        sealedOf.TryAdd(tenantId, 0);
        sealedSome.Beat();
        if (ofTenants.TryRemove(tenantId, out var pulse)) pulse.Beat();
    }

    /// <summary>What the other instances don't know yet.</summary>
    internal (bool Written, IReadOnlyList<Guid> Sealed) TakeOutgoing()
    {
        var wasWritten = isWrittenToTell;
        isWrittenToTell = false;
        return (wasWritten, Take(toTell));
    }

    private static List<Guid> Take(ConcurrentDictionary<Guid, byte> tenants)
    {
        var taken = new List<Guid>();
        foreach (var tenantId in tenants.Keys)
        {
            if (tenants.TryRemove(tenantId, out _)) taken.Add(tenantId);
        }

        return taken;
    }

    /// <summary>A task for whoever waits for the next beat; one serves all that wait.</summary>
    private sealed class Pulse
    {
        private TaskCompletionSource next = New();

        public Task Next => Volatile.Read(ref next).Task;

        public void Beat() => Interlocked.Exchange(ref next, New()).TrySetResult();

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
