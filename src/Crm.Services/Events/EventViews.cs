using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;
using Crm.Database.Events;

namespace Crm.Services.Events;

internal static class EventViews
{
    public static EventView Of(Event e) => new()
    {
        Id = e.Id,
        Type = e.Type,
        Subject = $"{e.Collection}/{e.RecordId}",
        Time = e.OccurredAt,
        Data = new EventData
        {
            Version = e.Version!.Value, // a record's: others are for the audit alone
            Actor = e.Actor,
            Changes = JsonSerializer.Deserialize<Dictionary<string, FieldChange>>(e.Changes, CrmJson.Options)!,
            Record = JsonSerializer.Deserialize<JsonElement>(e.Record, CrmJson.Options),
        },
    };
}
