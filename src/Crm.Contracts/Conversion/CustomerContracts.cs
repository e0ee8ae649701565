using Crm.Contracts.Lists;

namespace Crm.Contracts.Conversion;

/// <summary>A customer, as the registry that the service brings along keeps it: what the lead said when it was converted.</summary>
public sealed record CustomerView : IIdentified
{
    public required Guid Id { get; init; }

    /// <summary>What the customer is known by where it came from, such as <c>lead:019aa3c8-51d0-7c4e-9a57-3f0e6d1b2a44</c>.</summary>
    public required string ExternalReference { get; init; }

    /// <summary>The lead that it was made of; null where the reference names none.</summary>
    public required Guid? LeadId { get; init; }

    public required string? FirstName { get; init; }
    public required string LastName { get; init; }
    public required string? Email { get; init; }
    public required string? Phone { get; init; }
    public required string? JobTitle { get; init; }

    /// <summary>Null where nothing is known of it.</summary>
    public required CustomerCompanyView? Company { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The company that a customer works for.</summary>
public sealed record CustomerCompanyView
{
    public required string? Name { get; init; }
    public required string? Website { get; init; }
    public required string? Industry { get; init; }
    public required string? Size { get; init; }
}

/// <summary>Which customers, in which order.</summary>
[Sortable("-createdAt", "createdAt")]
public sealed record CustomerQuery : PageQuery
{
    /// <summary>The whole address, in whatever case.</summary>
    public IReadOnlyList<string>? Email { get; init; }

    public IReadOnlyList<string>? ExternalReference { get; init; }

    /// <summary>The lead that it was made of, if that is in the caller's sight.</summary>
    public IReadOnlyList<Guid>? LeadId { get; init; }

    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
}
