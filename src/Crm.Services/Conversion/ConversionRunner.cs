using System.Collections.Concurrent;
using System.Diagnostics;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Conversion;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Conversion;

/// <summary>
/// Goes on with conversions: takes the lease of one, asks the registry, and writes what came of it in one transaction that only who
/// holds the lease can make. Whatever stops it in between, the next one goes on from what is stored.
/// </summary>
public sealed partial class ConversionRunner(IServiceScopeFactory scopes, IRegistry registry, RegistrySettings settings, ILogger<ConversionRunner> logger) : IDisposable
{
    /// <summary>Beyond the time of a call: as long as writing its outcome may take.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Guid, Lazy<Task<bool>>> running = new();
    private readonly ConversionPlaces places = new();
    private readonly CancellationTokenSource stopping = new();

    private TimeSpan LeaseTime => settings.Timeout + Margin;

    /// <summary>Goes on with a conversion in the background, unless this process does already.</summary>
    /// <returns>Ends when the registry was asked and what came of it is stored, and tells whether it has ended by that; or when another has the conversion, or it must wait. It doesn't fail.</returns>
    public Task<bool> Start(Guid tenantId, Guid id) =>
        running.GetOrAdd(id, static (id, of) => new Lazy<Task<bool>>(() => Task.Run(() => of.Runner.GuardedAsync(of.TenantId, id))), (Runner: this, TenantId: tenantId)).Value;

    /// <summary>Begins with some of what is due, of all tenants alike. What waits for a place holds no lease, and is joined when it comes up again.</summary>
    /// <returns>What was begun with.</returns>
    public async Task<IReadOnlyList<Task<bool>>> StartDueAsync(CancellationToken ct)
    {
        if (registry.IsAway) return [];
        List<Guid> tenants;
        await using (var work = scopes.CreateAsyncScope()) tenants = await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsToConvert().ToListAsync(ct);
        var begun = new List<Task<bool>>();
        foreach (var tenantId in tenants.Shuffle())
        {
            var room = Math.Min(ConversionPlaces.All - begun.Count(run => !run.IsCompleted), ConversionPlaces.OfOneTenant);
            if (room <= 0) break;
            await using var work = Enter(tenantId, "conversion", out var db);
            foreach (var id in await db.ConversionsDue(room).ToListAsync(ct)) begun.Add(Start(tenantId, id));
        }

        return begun;
    }

    /// <summary>Ends a pending conversion, unless there is a customer: then it is completed instead.</summary>
    /// <exception cref="CrmException">409 for one that is being worked on, or of which there is a customer; 503 where the registry can't tell.</exception>
    public async Task CancelAsync(Guid id, Stamp canceller, CancellationToken ct)
    {
        using var place = await places.TakeAsync(canceller.TenantId, ct);
        if (place is null) throw Refused(FailureKind.Conflict, FailureCodes.Contended, "Too many conversions of this tenant are waiting for the registry. Try again in some seconds.");
        if (await TakeAsync(canceller.TenantId, id, evenIfWaiting: true) is not { } attempt) throw Refused(FailureKind.Conflict, FailureCodes.Contended, "The registry is being asked for this conversion at this moment. Try again in some seconds.");

        // One that was asked for before may have been made, though the answer was lost.
        var answer = attempt.MayBeKnown ? await registry.FindAsync(RegistryRequest.Of(attempt), CancellationToken.None) : new RegistryAnswer.Nobody();
        if (answer is RegistryAnswer.Nobody) attempt.AskedBy(canceller);
        if (!await WriteAsync(attempt, answer)) throw Refused(FailureKind.Conflict, FailureCodes.Contended, "The registry took too long, and another has gone on with it.");
        if (answer is RegistryAnswer.Customer) throw Refused(FailureKind.Conflict, FailureCodes.ConversionEnded, "The registry has the customer already, so that the lead is converted now.");
        if (answer is RegistryAnswer.Later { Problem: var later }) throw Refused(FailureKind.Unavailable, FailureCodes.RegistryUnavailable, $"Whether there is a customer already isn't known: {later} Try again later.");
        if (answer is RegistryAnswer.Unsearchable) throw Refused(FailureKind.Unavailable, FailureCodes.RegistryUnavailable, "Whether there is a customer already isn't known: the registry can't be searched.");
        if (answer is RegistryAnswer.Nonsense { Problem: var nonsense }) throw Refused(FailureKind.Unavailable, FailureCodes.RegistryUnavailable, $"Whether there is a customer already isn't known: {nonsense} Look at the registry.");

        static CrmException Refused(FailureKind kind, string code, string why) => new(kind, code, $"{why} The conversion isn't cancelled.");
    }

    /// <summary>Waits for what is under way, so that a stop leaves nothing to a lease; what waits for a place doesn't begin.</summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        await stopping.CancelAsync();
        Task all = Task.WhenAll(running.Values.Select(run => run.Value));
        await all.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what isn't done by then goes on elsewhere
    }

    public void Dispose()
    {
        places.Dispose();
        stopping.Dispose();
    }

    private async Task<bool> GuardedAsync(Guid tenantId, Guid id)
    {
        try
        {
            using var place = await places.TakeAsync(tenantId, stopping.Token);
            return place is not null && await TakeAsync(tenantId, id, evenIfWaiting: false) is { } attempt && await RunAsync(attempt);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It waits for the next start, or for another instance.
        }
        catch (Exception e) when (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable })
        {
            LogAway(logger, e, id);
        }
        catch (Exception e)
        {
            LogUnforeseen(logger, e, id);
        }
        finally
        {
            running.TryRemove(id, out _);
        }

        return false;
    }

    private async Task<bool> RunAsync(LeadConversion attempt)
    {
        using var trace = ActivityContext.TryParse(attempt.TraceParent, null, out var parent) ? new Activity("conversion").SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start() : null;
        CrashPoints.Reached(CrashPoints.BeforeCall);
        if (await AskedAsync(attempt) is not { } answer) return false;
        var ends = answer is RegistryAnswer.Customer or RegistryAnswer.Rejected;
        CrashPoints.Reached(answer is RegistryAnswer.Later ? CrashPoints.Unanswered : CrashPoints.Answered);
        try
        {
            ends &= await WriteAsync(attempt, answer);
        }
        catch (Exception e) when (ServicesRegistration.Translate(e) is not { Kind: FailureKind.Unavailable })
        {
            LogUnforeseen(logger, e, attempt.Id);
            await WriteAsync(attempt, new RegistryAnswer.Later("The registry has answered, but the service failed to store it; its log tells why."));
            return false;
        }

        if (ends) CrashPoints.Reached(CrashPoints.Stored);
        return ends;
    }

    private async Task<LeadConversion?> TakeAsync(Guid tenantId, Guid id, bool evenIfWaiting)
    {
        await using var work = Enter(tenantId, "conversion", out var db);
        return await db.TakeAsync(id, LeaseTime, evenIfWaiting, CancellationToken.None);
    }

    private async Task<RegistryAnswer?> AskedAsync(LeadConversion attempt)
    {
        try
        {
            return await AskAsync(attempt);
        }
        catch (Exception e) when (ServicesRegistration.Translate(e) is not { Kind: FailureKind.Unavailable })
        {
            LogUnforeseen(logger, e, attempt.Id);
            return new RegistryAnswer.Later("The service failed when it asked the registry; its log tells why.");
        }
    }

    /// <summary>Looks for the customer first wherever one may have been made before; null where the lease was lost meanwhile.</summary>
    private async Task<RegistryAnswer?> AskAsync(LeadConversion attempt)
    {
        var request = RegistryRequest.Of(attempt);
        var isBlind = false;
        if (attempt.MayBeKnown)
        {
            var found = await registry.FindAsync(request, CancellationToken.None);
            isBlind = found is RegistryAnswer.Unsearchable;
            if (found is not (RegistryAnswer.Nobody or RegistryAnswer.Unsearchable)) return found;
            await using var work = Enter(attempt.TenantId, attempt.Actor, out var db);
            if (await db.InTransactionAsync(() => db.RenewAsync(attempt.Id, attempt.Lease!.Value, LeaseTime, CancellationToken.None), CancellationToken.None) == 0)
            {
                LogLost(logger, attempt.Id);
                return null;
            }
        }

        // Who is refused at the door isn't told whether an earlier call has made the customer.
        var answer = await registry.RegisterAsync(request, CancellationToken.None);
        return isBlind && answer is RegistryAnswer.Rejected { IsOfCustomer: false, Reason: var why } ? new RegistryAnswer.Nonsense(why) : answer;
    }

    private AsyncServiceScope Enter(Guid tenantId, string userId, out CrmDbContext db)
    {
        var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, userId);
        db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return work;
    }

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to go on with conversion {Conversion}; it waits")]
    private static partial void LogAway(ILogger logger, Exception exception, Guid conversion);

    [LoggerMessage(LogLevel.Error, "Conversion {Conversion} failed in a way that nobody foresaw; it is taken up again")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception, Guid conversion);
}
