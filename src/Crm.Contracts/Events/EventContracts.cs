using System.Text.Json;

namespace Crm.Contracts.Events;

/// <summary>A change that was made to a record.</summary>
public sealed record EventView
{
    public required Guid Id { get; init; }

    /// <summary>Such as <c>lead.updated</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The record, such as <c>leads/{id}</c>.</summary>
    public required string Subject { get; init; }

    public required DateTimeOffset Time { get; init; }
    public required EventData Data { get; init; }
}

/// <summary>What an event says.</summary>
public sealed record EventData
{
    /// <summary>The record's version that this event made: rising by one with each of its events.</summary>
    public required int Version { get; init; }

    /// <summary>The id of the user who did it.</summary>
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
