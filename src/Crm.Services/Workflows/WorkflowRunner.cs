using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Crm.Contracts.Failures;
using Crm.Contracts.Members;
using Crm.Contracts.Workflows;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Workflows;

/// <summary>
/// Goes on with the runs that are due: each step in one transaction with the note that it is done, so that whoever is killed leaves it done or not. Several instances may do so at once: each step is done once.
/// Only a webhook may be called again, with the same id.
/// </summary>
public sealed partial class WorkflowRunner(IServiceScopeFactory scopes, TimeProvider clock, ILogger<WorkflowRunner> logger)
{
    /// <summary>In whose name workflows do what they do.</summary>
    internal const string Actor = "workflow";

    private const int BatchSize = 100;
    private const int TenantsAtOnce = 4;

    /// <summary>Of a tenant; the runs for one record come one after the other, as they would be in each other's way.</summary>
    private const int RecordsAtOnce = 4;

    /// <summary>Endpoints are waited for most of the time.</summary>
    private const int CallersAtOnce = 32;

    private const int CallsInTurn = 5;

    /// <summary>How long it is waited, while some are at it, before it is looked whether others have something to do.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>How long a tenant is left alone whose runs could neither be gone on with nor put off.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait after each failure of a step; after the last the run fails.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(4)];

    /// <summary>Goes on with all that is due, but for calls of webhooks: a batch of each tenant in turn. Where a run or a tenant fails, the others go on.</summary>
    /// <returns>How many steps were done.</returns>
    public Task<int> RunDueAsync(CancellationToken ct) => DueAsync(calls: false, TenantsAtOnce, ct);

    /// <summary>Calls the webhooks that are due, of each tenant one after the other and a few in turn, so that a slow endpoint keeps nothing waiting but its own tenant's calls.</summary>
    /// <returns>How many were called.</returns>
    public Task<int> CallDueAsync(CancellationToken ct) => DueAsync(calls: true, CallersAtOnce, ct);

    private async Task<int> DueAsync(bool calls, int atOnce, CancellationToken ct)
    {
        var done = 0;
        var tenants = new ConcurrentDictionary<Guid, DateTimeOffset>();
        using var finished = new SemaphoreSlim(0);
        await Parallel.ForEachAsync(IdleAsync(calls, tenants, finished, ct), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct }, async (tenantId, _) =>
        {
            try
            {
                Interlocked.Add(ref done, await RunBatchAsync(tenantId, calls, ct)); // by the caller's token: where one fails, what others have begun is ended
                tenants.TryRemove(tenantId, out var _);
            }
            catch (Exception e) when (IsItsOwn(e))
            {
                LogTenantFailed(logger, e, tenantId);
                tenants[tenantId] = clock.GetUtcNow() + Rest;
            }

            finished.Release();
        });
        return done;
    }

    /// <summary>The tenants that have something to do, each that isn't at it, until there is none and none is at it.</summary>
    /// <param name="calls">Calls or other steps.</param>
    /// <param name="tenants">Until when each is left alone: those that are at it for ever, those that failed for a while.</param>
    /// <param name="finished">Released when one has ended.</param>
    /// <param name="ct">Stops it.</param>
    private async IAsyncEnumerable<Guid> IdleAsync(bool calls, ConcurrentDictionary<Guid, DateTimeOffset> tenants, SemaphoreSlim finished, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var isLast = !tenants.Values.Contains(DateTimeOffset.MaxValue);
            var due = (await TenantsAsync(calls, ct)).FindAll(tenantId => !tenants.TryGetValue(tenantId, out var until) || until <= clock.GetUtcNow());
            foreach (var tenantId in due.Shuffle())
            {
                tenants[tenantId] = DateTimeOffset.MaxValue;
                yield return tenantId;
            }

            if (due.Count > 0) continue;
            if (isLast) yield break;
            await finished.WaitAsync(Look, ct);
            while (finished.Wait(0, ct)) // one look is for all that have ended
            {
            }
        }
    }

    private async Task<int> RunBatchAsync(Guid tenantId, bool calls, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        List<(Guid Id, Guid RecordId)> runs;
        await using (var work = scopes.CreateAsyncScope())
        {
            work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, Actor);
            runs = await work.ServiceProvider.GetRequiredService<CrmDbContext>().WorkflowRuns.Where(r => r.IsCall == calls && r.DueAt <= now).OrderBy(r => r.DueAt).ThenBy(r => r.Id).Take(calls ? CallsInTurn : BatchSize).Select(r => new ValueTuple<Guid, Guid>(r.Id, r.RecordId)).ToListAsync(ct);
        }

        var done = 0;
        if (calls)
        {
            foreach (var (id, _) in runs)
            {
                if (await RunAsync(tenantId, id, calls, ct) == 0) break; // who doesn't answer isn't waited for again in the same turn
                done++;
            }

            return done;
        }

        await Parallel.ForEachAsync(runs.GroupBy(run => run.RecordId, run => run.Id), new ParallelOptions { MaxDegreeOfParallelism = RecordsAtOnce, CancellationToken = ct }, async (ofRecord, _) =>
        {
            foreach (var run in ofRecord) Interlocked.Add(ref done, await RunAsync(tenantId, run, calls, ct));
        });
        return done;
    }

    /// <summary>Goes on with a run until it waits, calls, fails or ends.</summary>
    private async Task<int> RunAsync(Guid tenantId, Guid run, bool calls, CancellationToken ct)
    {
        var done = 0;
        WorkflowCall? call = null;
        while (true)
        {
            await using var work = scopes.CreateAsyncScope();
            var caller = work.ServiceProvider.GetRequiredService<Caller>();
            caller.Enter(new Identity(Actor, null, null, [tenantId], new Dictionary<Guid, Role>()) { Credential = WorkflowBudget.CredentialOf(run) }, tenantId, Role.Admin);
            try
            {
                var steps = work.ServiceProvider.GetRequiredService<WorkflowSteps>();
                if (calls) return (call = await steps.BeginCallAsync(run, ct)) is not null && await steps.CallAsync(call, ct) ? 1 : 0;
                if (!await steps.NextAsync(run, ct)) return done;
                done++;
            }
            catch (Exception e) when (IsItsOwn(e))
            {
                var failure = ServicesRegistration.Translate(e);
                if (failure is null) LogFailed(logger, e, run, tenantId);
                await PutOffAsync(tenantId, run, call?.LeasedUntil, failure?.Message ?? "It failed for a reason that the log of the service tells.", ct);
                return done;
            }
        }
    }

    private async Task PutOffAsync(Guid tenantId, Guid id, DateTimeOffset? leasedUntil, string problem, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, Actor);
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        await db.InTransactionAsync(
            async () =>
            {
                if (await db.WorkflowRuns.ForUpdate().SingleOrDefaultAsync(r => r.Id == id, ct) is not { DueAt: { } due } run || (leasedUntil is null ? due > db.Stamp().At : due != leasedUntil)) return false; // another was quicker
                run.Problem = problem;
                if (run.Tries < Pauses.Length) (run.State, run.DueAt) = (WorkflowRunState.Running, db.Stamp().At + Pauses[run.Tries]);
                else run.End(WorkflowRunState.Failed, problem, db.Stamp().At);
                run.Tries++;
                await db.SaveChangesAsync(ct);
                return true;
            },
            ct);
    }

    /// <summary>Whether a failure is that of a run or a tenant, and not the database's.</summary>
    private static bool IsItsOwn(Exception e) => e is not OperationCanceledException && (Database.Failures.IsTooSlow(e) || ServicesRegistration.Translate(e) is not { Kind: FailureKind.Unavailable });

    private async Task<List<Guid>> TenantsAsync(bool calls, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        return await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsWithRuns(clock.GetUtcNow(), calls).ToListAsync(ct);
    }

    [LoggerMessage(LogLevel.Error, "Going on with the workflows of tenant {Tenant} failed; it is tried again in some seconds, and the others go on")]
    private static partial void LogTenantFailed(ILogger logger, Exception exception, Guid tenant);

    [LoggerMessage(LogLevel.Error, "The next step of the run {Run} of a workflow of tenant {Tenant} failed; it is tried again, and the others go on")]
    private static partial void LogFailed(ILogger logger, Exception exception, Guid run, Guid tenant);
}
