namespace Crm.Services.Workflows;

/// <summary>Wakes whoever goes on with runs when this process has begun some.</summary>
public sealed class WorkflowSignal : IDisposable
{
    private readonly SemaphoreSlim begun = new(0, 1);

    public void Begun()
    {
        lock (begun)
        {
            if (begun.CurrentCount == 0) begun.Release();
        }
    }

    /// <summary>Waits until some were begun, or for so long.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken ct) => begun.WaitAsync(longest, ct);

    public void Dispose() => begun.Dispose();
}
