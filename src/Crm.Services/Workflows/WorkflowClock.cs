using System.Collections.Frozen;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Settings;
using Crm.Database.Tenancy;
using Crm.Database.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Workflows;

/// <summary>Begins the runs that the clock begins. Several instances may do so at once: each time is looked at once.</summary>
public sealed partial class WorkflowClock(IServiceScopeFactory scopes, WorkflowSignal signal, TimeProvider clock, ILogger<WorkflowClock> logger)
{
    private const int TenantsAtOnce = 4;

    /// <summary>What failed isn't tried again before.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    private static readonly FrozenDictionary<string, FieldChange> NoChanges = FrozenDictionary<string, FieldChange>.Empty;

    /// <summary>Looks for all workflows whose time has come. Where one fails, the others go on.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        List<Guid> tenants;
        await using (var work = scopes.CreateAsyncScope()) tenants = await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsWithClocks(clock.GetUtcNow()).ToListAsync(ct);
        await Parallel.ForEachAsync(tenants.Shuffle(), new ParallelOptions { MaxDegreeOfParallelism = TenantsAtOnce, CancellationToken = ct }, async (tenantId, _) =>
        {
            try
            {
                await LookAsync(tenantId, ct);
            }
            catch (Exception e) when (IsItsOwn(e))
            {
                LogTenantFailed(logger, e, tenantId);
            }
        });
    }

    /// <summary>Has schedules reckoned by the clocks of another time zone, in the caller's transaction.</summary>
    internal static async Task ReckonAnewAsync(CrmDbContext db, Tenant tenant, CancellationToken ct)
    {
        var (now, time) = (db.Stamp().At, new WorkflowTime(tenant));
        foreach (var workflow in await db.Workflows.Where(w => w.NextAt > now).OrderBy(w => w.Id).ForUpdate().ToListAsync(ct))
        {
            var definition = await DefinitionAsync(db, workflow, ct);
            if (definition.Fields.Trigger.Schedule is { } schedule) workflow.Look(workflow.LookedAt!.Value, time.Next(schedule, now));
        }
    }

    private async Task LookAsync(Guid tenantId, CancellationToken ct)
    {
        List<Guid> due;
        await using (Enter(tenantId, out var db))
        {
            var now = db.Stamp().At;
            due = await db.Workflows.Where(w => w.NextAt <= now).OrderBy(w => w.NextAt).Select(w => w.Id).ToListAsync(ct);
        }

        foreach (var id in due) await LookGuardedAsync(tenantId, id, ct);
    }

    private async Task LookGuardedAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        try
        {
            await using var work = Enter(tenantId, out var db);
            if (await db.InTransactionAsync(() => LookAsync(db, id, ct), ct) > 0) signal.Begun();
        }
        catch (Exception e) when (IsItsOwn(e))
        {
            LogFailed(logger, e, id, tenantId);
            await using var work = Enter(tenantId, out var db);
            var again = db.Stamp().At + Rest;
            await db.InTransactionAsync(() => db.Workflows.Where(w => w.Id == id && w.NextAt < again).ExecuteUpdateAsync(set => set.SetProperty(w => w.NextAt, again), ct), ct);
        }
    }

    private static async Task<int> LookAsync(CrmDbContext db, Guid id, CancellationToken ct)
    {
        var now = db.Stamp().At;
        if (await db.Workflows.ForUpdate().SingleOrDefaultAsync(w => w.Id == id && w.NextAt <= now, ct) is not { ActiveVersion: { } version } workflow) return 0; // another was quicker, or it was deactivated
        var definition = await DefinitionAsync(db, workflow, ct);
        var time = new WorkflowTime(await db.Tenants.AsNoTracking().SingleAsync(ct));
        var due = definition.Fields.Trigger.Schedule is { } schedule
            ? await db.OnScheduleAsync(id, definition, time.Last(schedule, now), workflow.LookedAt!.Value, ct)
            : await db.InactiveAsync(definition, workflow.LookedAt!.Value, now, ct);
        var isAll = WorkflowDue.Limit(due);
        var active = new ActiveWorkflow(id, version, workflow.ActiveSince!.Value, definition);
        var matches = new List<WorkflowMatch>();
        foreach (var (recordId, at) in due)
        {
            if (await db.RecordNowAsync(definition, recordId, ct) is { } record && definition.Holds(record = record.At(at), NoChanges)) matches.Add(new WorkflowMatch(active, recordId, record, at, null));
        }

        workflow.Look(isAll ? now : due[^1].At, isAll ? time.NextLook(definition.Fields.Trigger, now)!.Value : now);
        await db.SaveChangesAsync(ct);
        return await db.BeginAsync(matches, ct);
    }

    private static async Task<WorkflowDefinition> DefinitionAsync(CrmDbContext db, Workflow workflow, CancellationToken ct)
    {
        var (id, number) = (workflow.Id, workflow.ActiveVersion);
        return WorkflowDefinition.Read(await db.WorkflowVersions.Where(v => v.WorkflowId == id && v.Number == number).Select(v => v.Definition).SingleAsync(ct));
    }

    private AsyncServiceScope Enter(Guid tenantId, out CrmDbContext db)
    {
        var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, WorkflowRunner.Actor);
        db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return work;
    }

    /// <summary>Whether a failure is that of a workflow or a tenant, and not the database's.</summary>
    private static bool IsItsOwn(Exception e) => e is not OperationCanceledException && (Database.Failures.IsTooSlow(e) || ServicesRegistration.Translate(e) is not { Kind: FailureKind.Unavailable });

    [LoggerMessage(LogLevel.Error, "Looking at the clock for the workflows of tenant {Tenant} failed; it is tried again, and the others go on")]
    private static partial void LogTenantFailed(ILogger logger, Exception exception, Guid tenant);

    [LoggerMessage(LogLevel.Error, "It couldn't be looked whether the time of the workflow {Workflow} of tenant {Tenant} has come; it is tried again in five minutes, and the others go on")]
    private static partial void LogFailed(ILogger logger, Exception exception, Guid workflow, Guid tenant);
}
