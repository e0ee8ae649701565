using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Crm.Tests.Kit;

/// <summary>An event of a record as the log keeps it.</summary>
public sealed record RecordedEvent(string Type, int Version, string Actor, JsonElement Changes, JsonElement Record)
{
    public IReadOnlyList<string> Changed => [.. Changes.EnumerateObject().Select(change => change.Name).Order(StringComparer.Ordinal)];

    /// <summary>Says that a member changed from one value to another, each as JSON.</summary>
    public RecordedEvent ShouldTell(string member, string from, string to)
    {
        Changes.TryGetProperty(member, out var change).ShouldBeTrue($"{Type} tells nothing of {member}: {Changes}");
        change.GetProperty("from").GetRawText().ShouldBe(from);
        change.GetProperty("to").GetRawText().ShouldBe(to);
        return this;
    }
}

public static class RecordedEvents
{
    /// <summary>A record's events in the order in which they happened.</summary>
    public static Task<List<RecordedEvent>> RecordedAsync(this Client client, Guid recordId) => client.Host.QueryAsync(client.TenantId, async db =>
        (await db.Events.AsNoTracking().Where(e => e.RecordId == recordId).OrderBy(e => e.Version).ToListAsync())
        .ConvertAll(e => new RecordedEvent(e.Type, e.Version!.Value, e.Actor, Parse(e.Changes), Parse(e.Record))));

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);
}
