using System.Collections.Concurrent;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Events;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Events;

/// <summary>
/// Tells the consumers of the event log what was sealed: takes the lease of a tenant's consumer, tells it what comes next, and stores how far it
/// got in one transaction that only who holds the lease can make. Any number of instances share the work; whatever stops one, another goes on from what is stored.
/// </summary>
public sealed partial class Relay(IServiceScopeFactory scopes, LogSignal signal, IEnumerable<IEventConsumer> consumers, RelayMeter meter, ILogger<Relay> logger)
{
    /// <summary>What nobody told of is looked for this often: what other processes sealed, what is due again, and what was left behind.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, IEventConsumer> byKind = consumers.ToDictionary(consumer => consumer.Kind, StringComparer.Ordinal);
    private readonly string[] kinds = [.. consumers.Select(consumer => consumer.Kind)]; // one that isn't set up in this process is another's
    private readonly ConcurrentDictionary<(Guid TenantId, string Name), Task> running = new();
    private readonly RelayPlaces places = new();
    private Task heard = Task.CompletedTask;
    private TimeSpan nextLook;
    private volatile bool isStopping;
    private volatile bool hasSkipped;

    /// <summary>Waits until there may be something to tell, and begins with it.</summary>
    public async Task StepAsync(CancellationToken ct)
    {
        await Task.WhenAny(heard, Task.Delay(Interval, ct));
        ct.ThrowIfCancellationRequested();
        heard = signal.NextSealed;
        var tenants = signal.TakeSealed();
        var now = TimeSpan.FromMilliseconds(Environment.TickCount64);
        if (hasSkipped || now >= nextLook)
        {
            (nextLook, hasSkipped) = (now + Interval, false);
            tenants = [.. tenants.Union(await TenantsAsync(ct))];
        }

        foreach (var tenantId in tenants.Shuffle()) await StartDueAsync(tenantId, ct);
    }

    /// <summary>Tells all that is due, and ends when nothing is.</summary>
    public async Task RunOnceAsync(CancellationToken ct)
    {
        while (await TenantsAsync(ct) is { Count: > 0 } tenants)
        {
            foreach (var tenantId in tenants) await StartDueAsync(tenantId, ct);
            await Task.WhenAll(running.Values).WaitAsync(ct);
        }
    }

    /// <summary>Begins with nothing more, and waits until what is told at this moment is told and stored.</summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        isStopping = true;
        await Task.WhenAll(running.Values).WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what isn't done by then goes on elsewhere
    }

    private async Task<List<Guid>> TenantsAsync(CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        return await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsToRelay(kinds).ToListAsync(ct);
    }

    private async Task StartDueAsync(Guid tenantId, CancellationToken ct)
    {
        List<string> due;
        await using (var work = Enter(tenantId, out var db)) due = await db.ConsumersDue(kinds).ToListAsync(ct);
        foreach (var name in due.Shuffle()) Start(new ConsumerTurn(tenantId, name));
    }

    private void Start(ConsumerTurn turn)
    {
        var key = (turn.TenantId, turn.Name);
        if (isStopping) return;
        var consumer = byKind[turn.Name.Split(':')[0]];
        if (running.ContainsKey(key) || !places.TryTake(consumer, turn.TenantId))
        {
            hasSkipped = true; // looked for again when one of those that run has ended
            return;
        }

        var started = new TaskCompletionSource();
        running[key] = started.Task.ContinueWith(_ => GuardedAsync(consumer, turn), TaskScheduler.Default).Unwrap();
        started.SetResult();
    }

    private async Task GuardedAsync(IEventConsumer consumer, ConsumerTurn turn)
    {
        try
        {
            await RunAsync(consumer, turn);
        }
        catch (Exception e) when (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable })
        {
            LogAway(logger, e, turn.TenantId, turn.Name);
        }
        catch (Exception e)
        {
            LogUnforeseen(logger, e, turn.TenantId, turn.Name);
        }
        finally
        {
            places.GiveBack(consumer, turn.TenantId);
            running.TryRemove((turn.TenantId, turn.Name), out _);
            signal.Stir();
        }
    }

    private AsyncServiceScope Enter(Guid tenantId, out CrmDbContext db)
    {
        var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, "relay");
        db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return work;
    }

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to tell {Consumer} of tenant {Tenant} of events; they wait")]
    private static partial void LogAway(ILogger logger, Exception exception, Guid tenant, string consumer);

    [LoggerMessage(LogLevel.Error, "Telling {Consumer} of tenant {Tenant} of events failed in a way that nobody foresaw; they wait")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception, Guid tenant, string consumer);
}
