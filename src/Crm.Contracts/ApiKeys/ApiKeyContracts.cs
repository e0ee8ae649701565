using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Validation;

namespace Crm.Contracts.ApiKeys;

/// <summary>What an admin writes of a new API key. Only its name can be changed later.</summary>
public sealed record ApiKeyFields
{
    /// <summary>What the key is for, such as the program that has it. History shows it as who did something.</summary>
    [Required, StringLength(100)] public required string Name { get; init; }

    /// <summary>What its bearer may do; give no more than is needed.</summary>
    [Required] public Role? Role { get; init; }

    /// <summary>Whether its bearer may only read.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The collections that its bearer may reach, as the first word of their paths below <c>/api</c>; null for all. <c>me</c> is always among them.</summary>
    [Resources] public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>From when on it is valid no more; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>What of an API key can be changed.</summary>
public sealed record ApiKeyChange
{
    /// <summary>What the key is for.</summary>
    [Required, StringLength(100)] public required string Name { get; init; }
}

/// <summary>A key with which a program acts for the tenant, without its secret.</summary>
public record ApiKeyView : IVersioned, IIdentified
{
    /// <summary>Its bearer acts as the member <c>key:</c> and this id.</summary>
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>What the key begins with, all but its secret.</summary>
    public required string Prefix { get; init; }

    public required Role Role { get; init; }
    public required bool ReadOnly { get; init; }

    /// <summary>The collections that its bearer may reach; null for all.</summary>
    public required IReadOnlyList<string>? Resources { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was used last, to the minute or so; null for never.</summary>
    public required DateTimeOffset? LastUsedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id of the user who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was revoked; null while it is valid.</summary>
    public required DateTimeOffset? RevokedAt { get; init; }

    public required int Version { get; init; }

    /// <summary>The version, and when it was used last, which makes no version.</summary>
    string IVersioned.Tag => LastUsedAt is { } used ? $"{Version}-{used.ToUnixTimeSeconds()}" : $"{Version}";
}

/// <summary>An API key as it was made, with its secret.</summary>
public sealed record NewApiKeyView : ApiKeyView
{
    /// <summary>The key, to be sent as <c>Authorization: Bearer</c>. It is shown this once; what is kept of it is a hash, and for an <c>Idempotency-Key</c> the sealed answer, for a day.</summary>
    public required string Key { get; init; }
}

/// <summary>Which API keys, in which order.</summary>
[Sortable("-createdAt", "createdAt", "name")]
public sealed record ApiKeyQuery : ListQuery
{
    /// <summary>Whether they are revoked.</summary>
    public bool? Revoked { get; init; }
}
