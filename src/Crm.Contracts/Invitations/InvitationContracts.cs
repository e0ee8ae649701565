using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Invitations;

/// <summary>Whom an admin invites, and as what.</summary>
public sealed record InvitationFields
{
    [Required, StringLength(256), Email] public required string Email { get; init; }

    /// <summary>What the member will be able to do.</summary>
    [Required] public Role? Role { get; init; }
}

/// <summary>An invitation to become a member of the tenant. It is open until it is accepted, revoked or past its time.</summary>
public record InvitationView : RecordView
{
    public required string Email { get; init; }
    public required Role Role { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset? AcceptedAt { get; init; }
    public required DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>An invitation as it is when it is made: with its token, which is shown this once.</summary>
public sealed record IssuedInvitationView : InvitationView
{
    /// <summary>Whoever has it can accept the invitation.</summary>
    public required string Token { get; init; }

    /// <summary>Where to accept it, below the service's address.</summary>
    public required string Link { get; init; }
}

/// <summary>Which invitations, in which order.</summary>
[Sortable("-createdAt", "createdAt", "email")]
public sealed record InvitationQuery : ListQuery;
