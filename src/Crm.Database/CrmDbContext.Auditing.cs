using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;
using Crm.Database.Audit;
using Crm.Database.Events;

namespace Crm.Database;

public abstract partial class CrmDbContext
{
    private bool hasLogged;

    /// <summary>
    /// Writes into the event log, with the next save, what belongs to no record: who may do what, how the tenant is set up, who came in. Such an
    /// event has a subject and no version, and is for the audit alone; nothing that reads records' events sees it.
    /// </summary>
    /// <param name="type">Such as <c>member.role_changed</c>.</param>
    /// <param name="collection">Of what, such as <c>members</c>.</param>
    /// <param name="subjectId">Of which; empty where there is only one.</param>
    /// <param name="changes">What changed, by member; never a secret.</param>
    public void Audit(string type, string collection, string subjectId, IReadOnlyDictionary<string, FieldChange> changes)
    {
        var now = Stamp();
        Log(new Event
        {
            TenantId = now.TenantId,
            Id = Guid.CreateVersion7(now.At),
            Type = type,
            Collection = collection,
            SubjectId = subjectId,
            Actor = now.By,
            OccurredAt = now.At,
            Address = now.Address,
            Credential = now.Credential,
            TraceId = System.Diagnostics.Activity.Current?.TraceId.ToHexString(),
            Changes = JsonSerializer.Serialize(changes, CrmJson.Options),
            Record = "{}",
        });
    }

    /// <summary>The tenants that have events to seal, whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsToSeal();

    /// <summary>An event goes into the log and into the queue of those to seal, in one batch with what it tells of.</summary>
    private void Log(Event @event)
    {
        Add(@event);
        Add(new UnsealedEvent { TenantId = @event.TenantId, EventId = @event.Id });
        hasLogged = true;
    }

    /// <summary>Wakes the sealer, once it can see what was written.</summary>
    private void TellOfEvents()
    {
        if (Database.CurrentTransaction is not null) return;
        if (hasLogged) signal.Written();
        hasLogged = false;
    }
}
