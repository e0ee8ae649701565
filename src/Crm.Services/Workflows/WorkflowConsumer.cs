using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Services.Events;
using Crm.Services.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Workflows;

/// <summary>Begins runs of the tenant's active workflows with the events that they are for. An event that is told twice begins none again.</summary>
public sealed class WorkflowConsumer(IServiceScopeFactory scopes, WorkflowSignal signal) : IEventConsumer
{
    public string Kind => "workflows";

    public bool IsStanding => true;

    public int AtOnce => 4;

    public int AtOnceOfTenant => 1;

    /// <summary>What a record belongs to is asked for entry by entry.</summary>
    public int LargestWave => 100;

    public TimeSpan TurnTime => TimeSpan.FromSeconds(60);

    /// <summary>Only the database can refuse, and then all of it: nothing is ever parked.</summary>
    public TimeSpan? NextTry(int tries) => TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, Math.Min(tries, 10))));

    public async Task<IReadOnlyList<Delivery>> DeliverAsync(ConsumerTurn turn, IReadOnlyList<LogEntry> entries, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(turn.TenantId, WorkflowRunner.Actor);
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        var active = await db.ActiveAsync(ct);
        var matches = active.Count == 0 ? [] : await MatchesAsync(db, active, entries, ct);
        if (matches.Count > 0 && await BeginAsync(db, matches, ct) > 0) signal.Begun();
        return [.. entries.Select(_ => Delivery.Told)];
    }

    private static async Task<List<WorkflowMatch>> MatchesAsync(CrmDbContext db, IReadOnlyList<ActiveWorkflow> active, IReadOnlyList<LogEntry> entries, CancellationToken ct)
    {
        var matches = new List<WorkflowMatch>();
        var oldest = db.Stamp().At - WorkflowTidier.Oldest;
        foreach (var entry in entries.Where(entry => entry.RecordId is not null && entry.Time > oldest))
        {
            var related = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (var workflow in active.Where(one => one.Since <= entry.Time && one.Definition.IsFor(entry.Type)))
            {
                var record = await db.RecordAsync(workflow.Definition, entry, related, ct);
                if (workflow.Definition.Holds(record, entry.Changes)) matches.Add(new WorkflowMatch(workflow, entry.RecordId!.Value, record, entry.Time, entry));
            }
        }

        return matches;
    }

    private static Task<int> BeginAsync(CrmDbContext db, List<WorkflowMatch> matches, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(() => db.BeginAsync(matches, ct), ct),
        () => null,
        () => CrmException.Contended("tenant", db.Stamp().TenantId),
        ct);
}
