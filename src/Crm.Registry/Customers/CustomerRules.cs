using System.Net.Mail;

namespace Crm.Registry.Customers;

/// <summary>What the registry asks of a customer.</summary>
internal static class CustomerRules
{
    private const int MaxLength = 200;
    private const int MaxEmailLength = 254;

    /// <summary>The texts without the space around them; an empty one is none.</summary>
    public static CustomerFields Trimmed(CustomerFields fields) => fields with
    {
        ExternalReference = Trimmed(fields.ExternalReference),
        FirstName = Trimmed(fields.FirstName),
        LastName = Trimmed(fields.LastName),
        Email = Trimmed(fields.Email),
        Phone = Trimmed(fields.Phone),
        JobTitle = Trimmed(fields.JobTitle),
        Company = fields.Company is { } company
            ? new CompanyFields { Name = Trimmed(company.Name), Website = Trimmed(company.Website), Industry = Trimmed(company.Industry), Size = Trimmed(company.Size) }
            : null,
    };

    /// <summary>Why somebody can't be registered; null for no reason.</summary>
    public static string? Refuse(CustomerFields fields)
    {
        if (fields.LastName is null && fields.Company?.Name is null) return "A customer needs a last name or a company's name.";
        if (fields.Email is { } email && !IsAddress(email)) return "The e-mail address is none.";
        string?[] texts = [fields.ExternalReference, fields.FirstName, fields.LastName, fields.Phone, fields.JobTitle, fields.Company?.Name, fields.Company?.Website, fields.Company?.Industry, fields.Company?.Size];
        return Array.Exists(texts, text => text?.Length > MaxLength) ? $"A text has more than {MaxLength} characters." : null;
    }

    /// <summary>What two writings of one address have in common.</summary>
    public static string? EmailKey(string? email) => email?.ToLowerInvariant();

    private static bool IsAddress(string text) => text.Length <= MaxEmailLength && MailAddress.TryCreate(text, out var address) && address.Address == text;

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
