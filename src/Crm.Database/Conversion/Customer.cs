using Crm.Database.Records;
using Crm.Database.Tenancy;

namespace Crm.Database.Conversion;

/// <summary>A customer of the registry that the service brings along, for whoever has none. In the service's own database, so that all instances have the same.</summary>
public sealed class Customer : ITenantOwned, ISearchable
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }

    /// <summary>The lead that it was made of, as its reference says; null for a reference that names none.</summary>
    public Guid? LeadId { get; init; }

    /// <summary>The key under which it was registered.</summary>
    public string IdempotencyKey { get; init; } = "";

    public string ExternalReference { get; init; } = "";

    /// <summary>What two writings of one address have in common; null for none.</summary>
    public string? EmailKey { get; init; }

    public string? FirstName { get; init; }
    public string LastName { get; init; } = "";
    public string? Email { get; init; }
    public string? Phone { get; init; }
    public string? JobTitle { get; init; }
    public string? CompanyName { get; init; }
    public string? CompanyWebsite { get; init; }
    public string? CompanyIndustry { get; init; }
    public string? CompanySize { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    public string SearchTitle { get; private set; } = "";
    public string SearchText { get; private set; } = "";

    public void RefreshSearch()
    {
        var name = $"{FirstName} {LastName}";
        SearchTitle = Search.SearchText.Of([name, CompanyName], [Email, CompanyWebsite], Phone);
        SearchText = Search.SearchText.Of([name, CompanyName, JobTitle, CompanyIndustry], [Email, CompanyWebsite], Phone);
    }
}
