using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;

namespace Crm.Contracts.Members;

/// <summary>What a member may do; each role may do what those before it may.</summary>
public enum Role { Viewer, Rep, Manager, Admin }

/// <summary>A user of the tenant, who can own records and be assigned tasks.</summary>
public sealed record MemberView : IVersioned
{
    /// <summary>The user's id: the <c>sub</c> of the user's tokens.</summary>
    public required string Id { get; init; }

    public required string? Name { get; init; }
    public required string? Email { get; init; }

    /// <summary>The role for tokens that name none.</summary>
    public required Role Role { get; init; }

    /// <summary>Whether the member may act here. What a deactivated member owns stays; nothing new can be given to one.</summary>
    public required bool Active { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required int Version { get; init; }
}

/// <summary>What an admin writes of a member.</summary>
public sealed record MemberFields
{
    /// <summary>The role for tokens that name none.</summary>
    [Required, KeptWhenAbsent] public Role? Role { get; init; }

    /// <summary>False refuses all that the member asks for from the next request on, whatever token it comes with.</summary>
    [Required, KeptWhenAbsent] public bool? Active { get; init; }
}

/// <summary>Which members, in which order.</summary>
[Sortable("name", "name", "createdAt")]
public sealed record MemberQuery : ListQuery
{
    public IReadOnlyList<Role>? Role { get; init; }

    /// <summary>Whether they may act here.</summary>
    public bool? Active { get; init; }
}

/// <summary>Who the caller is, and for which tenant.</summary>
public sealed record MeView
{
    public required string Id { get; init; }
    public required string? Name { get; init; }
    public required string? Email { get; init; }

    /// <summary>The role that counts for this request.</summary>
    public required Role Role { get; init; }

    public required Guid TenantId { get; init; }

    /// <summary>The tenants that the token may act for.</summary>
    public required IReadOnlyList<Guid> Tenants { get; init; }
}
