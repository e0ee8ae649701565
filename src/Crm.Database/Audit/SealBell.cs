namespace Crm.Database.Audit;

/// <summary>Rung by whoever wrote events in this process, so that they are sealed soon. A ring that nobody hears costs a second's delay, nothing else.</summary>
public sealed class SealBell : IDisposable
{
    private readonly SemaphoreSlim rung = new(0, 1);

    public void Dispose() => rung.Dispose();

    /// <summary>Waits for the bell, but no longer than this.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken ct) => rung.WaitAsync(most, ct);

    internal void Ring()
    {
        if (rung.CurrentCount > 0) return;
        try
        {
            rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else rang at this very moment.
        }
    }
}
