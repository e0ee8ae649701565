using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Contracts.Events;

/// <summary>A change that was made to a record, as a CloudEvent (version 1.0 of its specification, in JSON).</summary>
public sealed record EventView
{
    /// <summary>The version of CloudEvents that it is written by: <c>1.0</c>.</summary>
    public string Specversion { get; init; } = "1.0";

    /// <summary>Of each event another; the same however often and in whichever way one is told of it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The tenant, as <c>/crm/{tenantId}</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Such as <c>lead.updated</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The record, such as <c>leads/{id}</c>.</summary>
    public required string Subject { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>What <c>data</c> is: <c>application/json</c>.</summary>
    public string Datacontenttype { get; init; } = "application/json";

    /// <summary>The place in the tenant's log, as a whole number in text; a later event has a greater one. Absent in a timeline.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Sequence { get; init; }

    public required EventData Data { get; init; }
}

/// <summary>What an event says.</summary>
public sealed record EventData
{
    /// <summary>The record's version that this event made: rising by one with each of its events.</summary>
    public required int Version { get; init; }

    /// <summary>The id of the user who did it; <c>system</c> for what came by the passing of time, <c>scoring</c> for a lead's score.</summary>
    public required string Actor { get; init; }

    /// <summary>The members that changed.</summary>
    public required IReadOnlyDictionary<string, FieldChange> Changes { get; init; }

    /// <summary>The whole record after the change.</summary>
    public required JsonElement Record { get; init; }
}

/// <summary>A member before and after a change.</summary>
public sealed record FieldChange
{
    public required JsonElement? From { get; init; }
    public required JsonElement? To { get; init; }
}
