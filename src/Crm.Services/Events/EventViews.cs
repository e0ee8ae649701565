using System.Globalization;
using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;
using Crm.Database.Events;

namespace Crm.Services.Events;

internal static class EventViews
{
    /// <summary>An event of a record without its place in the log; others are for the audit alone.</summary>
    public static EventView Of(Event e) => Of(EntryOf(e, position: 0)) with { Sequence = null };

    public static EventView Of(LogEntry entry) => new()
    {
        Id = entry.Id,
        Source = $"/crm/{entry.TenantId}",
        Type = entry.Type,
        Subject = $"{entry.Collection}/{entry.RecordId}",
        Time = entry.Time,
        Sequence = entry.Position.ToString(CultureInfo.InvariantCulture),
        Data = new EventData
        {
            Version = entry.Version!.Value,
            Actor = entry.Actor,
            Changes = entry.Changes,
            Record = entry.Record,
        },
    };

    public static LogEntry EntryOf(Event e, long position) => new()
    {
        TenantId = e.TenantId,
        Position = position,
        Id = e.Id,
        Type = e.Type,
        Collection = e.Collection,
        RecordId = e.RecordId,
        SubjectId = e.SubjectId,
        Version = e.Version,
        Actor = e.Actor,
        Credential = e.Credential,
        Time = e.OccurredAt,
        TraceId = e.TraceId,
        Changes = JsonSerializer.Deserialize<Dictionary<string, FieldChange>>(e.Changes, CrmJson.Options)!,
        Record = JsonSerializer.Deserialize<JsonElement>(e.Record, CrmJson.Options),
    };
}
