using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Teams;

/// <summary>What an admin writes of a team.</summary>
public sealed record TeamFields
{
    /// <summary>What the team is called; no other team of the tenant is called so, case ignored.</summary>
    [Required, StringLength(100)] public required string Name { get; init; }

    /// <summary>The ids of those who are in it, <c>me</c> for the caller. One given twice is in it once.</summary>
    [MemberIds] public IReadOnlyList<string> MemberIds { get; init; } = [];
}

/// <summary>Members who see each other's records where the tenant's visibility is <c>TEAM</c>.</summary>
public sealed record TeamView : IVersioned, IIdentified
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The ids of those who are in it.</summary>
    public required IReadOnlyList<string> MemberIds { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required int Version { get; init; }
}

/// <summary>Which teams, in which order.</summary>
[Sortable("name", "name", "createdAt")]
public sealed record TeamQuery : ListQuery
{
    /// <summary>The id of somebody who is in it; <c>me</c> is the caller.</summary>
    public IReadOnlyList<string>? MemberId { get; init; }
}
