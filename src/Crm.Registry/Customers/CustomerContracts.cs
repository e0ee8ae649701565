namespace Crm.Registry.Customers;

/// <summary>Somebody who becomes a customer. A text may have 200 characters, an e-mail address 254, a website 500.</summary>
public record CustomerFields
{
    /// <summary>What the caller knows the customer by, such as <c>lead:019aa000-…</c>; one customer per reference and tenant.</summary>
    public string? ExternalReference { get; init; }
    public string? FirstName { get; init; }
    /// <summary>Required, unless the company has a name.</summary>
    public string? LastName { get; init; }
    /// <summary>One customer per address and tenant, in whatever case it is written.</summary>
    public string? Email { get; init; }
    public string? Phone { get; init; }
    public string? JobTitle { get; init; }
    public CompanyFields? Company { get; init; }
}

/// <summary>The company that a customer works for.</summary>
public sealed record CompanyFields
{
    public string? Name { get; init; }
    public string? Website { get; init; }
    public string? Industry { get; init; }
    public string? Size { get; init; }
}

/// <summary>A customer, as registered.</summary>
public sealed record Customer : CustomerFields
{
    public required Guid Id { get; init; }
    /// <summary>When it was registered, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Customers in the order in which they were registered.</summary>
public sealed record CustomerPage
{
    public required IReadOnlyList<Customer> Items { get; init; }
    /// <summary>What to send as <c>after</c> for the next page; absent at the end.</summary>
    public long? NextAfter { get; init; }
}
