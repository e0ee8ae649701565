using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Database.Leads;

namespace Crm.Services.Conversion;

/// <summary>A lead as a registry is told of it.</summary>
internal sealed record CustomerBody
{
    private const string OfLead = "lead:";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public required string ExternalReference { get; init; }
    public string? FirstName { get; init; }
    public required string LastName { get; init; }
    public string? Email { get; init; }
    public string? Phone { get; init; }
    public string? JobTitle { get; init; }
    public CompanyBody? Company { get; init; }

    public static string ReferenceOf(Guid leadId) => $"{OfLead}{leadId}";

    /// <summary>The lead that a reference names; null for another's.</summary>
    public static Guid? LeadOf(string reference) =>
        reference.StartsWith(OfLead, StringComparison.Ordinal) && Guid.TryParseExact(reference.AsSpan(OfLead.Length), "D", out var id) ? id : null;

    public static string Write(Lead lead) => JsonSerializer.Serialize(
        new CustomerBody
        {
            ExternalReference = ReferenceOf(lead.Id),
            FirstName = lead.FirstName,
            LastName = lead.LastName,
            Email = lead.Email,
            Phone = lead.Phone,
            JobTitle = lead.JobTitle,
            Company = (lead.CompanyName ?? lead.CompanyWebsite ?? lead.CompanyIndustry ?? lead.CompanySize) is null ? null : new CompanyBody
            {
                Name = lead.CompanyName,
                Website = lead.CompanyWebsite,
                Industry = lead.CompanyIndustry,
                Size = lead.CompanySize,
            },
        },
        Json);

    public static CustomerBody Read(string body) => JsonSerializer.Deserialize<CustomerBody>(body, Json)!;
}

/// <summary>The company that a customer works for.</summary>
internal sealed record CompanyBody
{
    public string? Name { get; init; }
    public string? Website { get; init; }
    public string? Industry { get; init; }
    public string? Size { get; init; }
}
