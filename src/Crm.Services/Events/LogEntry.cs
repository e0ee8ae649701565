using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;

namespace Crm.Services.Events;

/// <summary>An event at its place in its tenant's log.</summary>
public sealed class LogEntry
{
    private ReadOnlyMemory<byte>? cloudEvent;

    public required Guid TenantId { get; init; }

    /// <summary>From 1 on, without a gap; a record's events come in the order of its versions.</summary>
    public required long Position { get; init; }

    public required Guid Id { get; init; }
    public required string Type { get; init; }

    /// <summary>Of what it tells, such as <c>leads</c>.</summary>
    public required string Collection { get; init; }

    /// <summary>Of which record; null for what is no record's.</summary>
    public required Guid? RecordId { get; init; }

    /// <summary>Of which, where it is no record's.</summary>
    public required string? SubjectId { get; init; }

    /// <summary>The record's version that it made; null for what is no record's.</summary>
    public required int? Version { get; init; }

    public required string Actor { get; init; }

    /// <summary>By what the actor was known; null for work of our own.</summary>
    public string? Credential { get; init; }

    public required DateTimeOffset Time { get; init; }
    public required string? TraceId { get; init; }
    public required IReadOnlyDictionary<string, FieldChange> Changes { get; init; }

    /// <summary>The record after the change; an empty object for what is no record's.</summary>
    public required JsonElement Record { get; init; }

    /// <summary>As it goes out: a CloudEvent in JSON, made once. Only of a record's event.</summary>
    public ReadOnlyMemory<byte> CloudEvent => cloudEvent ??= JsonSerializer.SerializeToUtf8Bytes(EventViews.Of(this), CrmJson.Options);
}
