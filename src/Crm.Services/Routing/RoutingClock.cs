using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Routing;

/// <summary>Looks again at leads that wait for somebody, and at those that should have been contacted by now. Several instances may do so at once: each lead is looked at once.</summary>
public sealed partial class RoutingClock(IServiceScopeFactory scopes, TimeProvider clock, ILogger<RoutingClock> logger)
{
    private const int BatchSize = 50;
    private const int TenantsAtOnce = 2;

    /// <summary>What failed isn't tried again before.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>Looks at all that is due, a batch of each tenant in turn. Where a lead fails, the others go on.</summary>
    public async Task ReviewDueAsync(CancellationToken ct)
    {
        while (await TenantsAsync(ct) is { Count: > 0 } due)
        {
            await Parallel.ForEachAsync(due.Shuffle(), new ParallelOptions { MaxDegreeOfParallelism = TenantsAtOnce, CancellationToken = ct }, async (tenantId, stop) => await ReviewBatchAsync(tenantId, stop));
        }
    }

    private async Task ReviewBatchAsync(Guid tenantId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var work = ScopeOf(tenantId);
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        var leads = await db.LeadRoutings.Where(r => r.DueAt <= now).OrderBy(r => r.DueAt).ThenBy(r => r.LeadId).Select(r => r.LeadId).Take(BatchSize).ToListAsync(ct);
        foreach (var lead in leads)
        {
            try
            {
                await work.ServiceProvider.GetRequiredService<LeadRouter>().ReviewAsync(lead, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException && (Failures.IsTooSlow(e) || ServicesRegistration.Translate(e) is not { Kind: FailureKind.Unavailable }))
            {
                LogFailed(logger, e, lead, tenantId);
                await PutOffAsync(tenantId, lead, ct);
            }
        }
    }

    private async Task PutOffAsync(Guid tenantId, Guid lead, CancellationToken ct)
    {
        await using var work = ScopeOf(tenantId);
        var again = clock.GetUtcNow() + Rest;
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        await db.InTransactionAsync(() => db.LeadRoutings.Where(r => r.LeadId == lead && r.DueAt < again).ExecuteUpdateAsync(set => set.SetProperty(r => r.DueAt, again), ct), ct);
    }

    private async Task<List<Guid>> TenantsAsync(CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        return await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsToRoute(clock.GetUtcNow()).ToListAsync(ct);
    }

    private AsyncServiceScope ScopeOf(Guid tenantId)
    {
        var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, LeadRouter.Actor);
        return work;
    }

    [LoggerMessage(LogLevel.Error, "The lead {Lead} of tenant {Tenant} couldn't be routed; it is tried again in a minute, and the others go on")]
    private static partial void LogFailed(ILogger logger, Exception exception, Guid lead, Guid tenant);
}
