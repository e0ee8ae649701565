using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Events;
using Crm.Contracts.Lists;

namespace Crm.Contracts.Audit;

/// <summary>Who did what, when and from where.</summary>
public sealed record AuditEntryView
{
    public required Guid Id { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Such as <c>lead.updated</c> or <c>member.role_changed</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What it happened to, such as <c>leads/{id}</c>, <c>members/{id}</c> or <c>settings</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The version of the record that it made; null for what is no record.</summary>
    public required int? Version { get; init; }

    /// <summary>The id of the user who did it.</summary>
    public required string Actor { get; init; }

    /// <summary>By what the user was known: a kind, and behind a colon its id, such as <c>token:{jti}</c>; null for work of the service's own.</summary>
    public required string? Credential { get; init; }

    /// <summary>The network address that it was asked from; null for work of the service's own.</summary>
    public required string? Address { get; init; }

    /// <summary>The request that did it, as in the logs.</summary>
    public required string? TraceId { get; init; }

    /// <summary>What changed, by member, before and after.</summary>
    public required IReadOnlyDictionary<string, FieldChange> Changes { get; init; }
}

/// <summary>Which entries of the audit, in which order and form.</summary>
[Sortable("-occurredAt", "occurredAt")]
public sealed record AuditQuery : PageQuery
{
    /// <summary>Who did it; <c>me</c> for the caller.</summary>
    public IReadOnlyList<string>? Actor { get; init; }

    /// <summary>What was done, such as <c>lead.updated</c>.</summary>
    public IReadOnlyList<string>? Type { get; init; }

    /// <summary>To what, as in an entry: <c>leads/{id}</c>, <c>members/{id}</c>, <c>settings</c>.</summary>
    [StringLength(200)] public string? Subject { get; init; }

    /// <summary>To which records.</summary>
    public IReadOnlyList<Guid>? RecordId { get; init; }

    public DateTimeOffset? OccurredFrom { get; init; }
    public DateTimeOffset? OccurredTo { get; init; }

    /// <summary>By what the user was known, as in an entry.</summary>
    public IReadOnlyList<string>? Credential { get; init; }

    /// <summary>From where, as in an entry.</summary>
    public IReadOnlyList<string>? Address { get; init; }

    /// <summary>A page as JSON (the default), or everything that matches as <c>csv</c>, which takes neither <c>skip</c>, <c>take</c>, <c>cursor</c> nor <c>total</c>.</summary>
    public ListFormat Format { get; init; }
}

/// <summary>Where the chain of seals over the tenant's events ends. Kept elsewhere, it proves later that none was changed or taken out since.</summary>
public sealed record AuditHeadView
{
    /// <summary>How many events are sealed.</summary>
    public required long Position { get; init; }

    /// <summary>The last seal's SHA-256, in hexadecimal; null where nothing is sealed yet.</summary>
    public required string? Hash { get; init; }

    public required DateTimeOffset? SealedAt { get; init; }

    /// <summary>How many events wait to be sealed, which takes a second or two.</summary>
    public required int Unsealed { get; init; }
}
