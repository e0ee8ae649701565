using System.Collections.Concurrent;
using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;
using Crm.Database.Deals;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Crm.Database.Events;

/// <summary>Turns what happened to a record into the events that are written with it.</summary>
internal static class EventLog
{
    private static readonly ConcurrentDictionary<Type, HashSet<string>> Members = new();

    /// <summary>The members of the record's view whose column changes with this save, with their values before and after.</summary>
    public static Dictionary<string, FieldChange> ChangesOf(EntityEntry<Record> entry)
    {
        var members = Members.GetOrAdd(entry.Metadata.ClrType, static (_, record) => ViewMembers.Of(record.ToView(record.CreatedAt).GetType()), entry.Entity);
        var changes = new Dictionary<string, FieldChange>(StringComparer.Ordinal);
        foreach (var property in entry.Properties)
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Metadata.Name);
            if (name != DealSnapshot.DeletedMember && !members.Contains(name)) continue;
            if (entry.State == EntityState.Added)
            {
                if (property.CurrentValue is not null) changes[name] = new FieldChange { From = null, To = Json(property.CurrentValue) };
            }
            else if (!Equal(property))
            {
                changes[name] = new FieldChange { From = Json(property.OriginalValue), To = Json(property.CurrentValue) };
            }
        }

        return changes;
    }

    /// <summary>What the record raised, and <c>updated</c> for changed members that nothing raised tells of.</summary>
    public static IReadOnlyList<RaisedEvent> Complete(Record record, EntityState state, IEnumerable<string> changed)
    {
        if (state == EntityState.Added) return [.. record.Raised];
        var told = record.Raised.SelectMany(raised => raised.Fields).Append(DealSnapshot.DeletedMember).ToHashSet(StringComparer.Ordinal);
        var rest = changed.Where(member => !told.Contains(member)).ToList();
        return rest.Count == 0 ? [.. record.Raised] : [new RaisedEvent($"{record.Noun}.updated", rest), .. record.Raised];
    }

    /// <summary>The rows for a record that carries its new version already.</summary>
    public static IEnumerable<Event> Write(Record record, IReadOnlyList<RaisedEvent> raised, Dictionary<string, FieldChange> changes, Stamp stamp)
    {
        var view = JsonSerializer.Serialize(record.ToView(stamp.At), CrmJson.Options);
        var traceId = System.Diagnostics.Activity.Current?.TraceId.ToHexString();
        for (var i = 0; i < raised.Count; i++)
        {
            // A microsecond apart, so that a timeline tells them in the order in which they happened.
            var at = stamp.At.AddMicroseconds(i);
            yield return new Event
            {
                TenantId = stamp.TenantId,
                Id = Guid.CreateVersion7(at),
                Type = raised[i].Type,
                Collection = record.Collection,
                RecordId = record.Id,
                Version = record.Version - raised.Count + 1 + i,
                Actor = stamp.By,
                OccurredAt = at,
                Address = stamp.Address,
                Credential = stamp.Credential,
                TraceId = traceId,
                Changes = JsonSerializer.Serialize(Told(raised[i], changes), CrmJson.Options),
                Record = view,
            };
        }
    }

    private static Dictionary<string, FieldChange> Told(RaisedEvent raised, Dictionary<string, FieldChange> changes) =>
        changes.Where(change => raised.Fields.Contains(change.Key, StringComparer.Ordinal)).ToDictionary(change => change.Key, change => change.Value, StringComparer.Ordinal);

    private static bool Equal(PropertyEntry property) => property.Metadata.GetValueComparer().Equals(property.OriginalValue, property.CurrentValue);

    private static JsonElement? Json(object? value) => value is null ? null : JsonSerializer.SerializeToElement(value, value.GetType(), CrmJson.Options);
}
