using System.Text.RegularExpressions;

namespace Crm.Registry.Customers;

/// <summary>What the registry asks of a customer.</summary>
internal static partial class CustomerRules
{
    private const int MaxLength = 200;
    private const int MaxWebsiteLength = 500;
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
        if (fields.Email is { } email && !IsAddress(email)) return "email is no address such as zoe@example.com.";
        (string Name, string? Text, int Max)[] texts =
        [
            ("externalReference", fields.ExternalReference, MaxLength), ("firstName", fields.FirstName, MaxLength), ("lastName", fields.LastName, MaxLength),
            ("phone", fields.Phone, MaxLength), ("jobTitle", fields.JobTitle, MaxLength), ("company.name", fields.Company?.Name, MaxLength),
            ("company.website", fields.Company?.Website, MaxWebsiteLength), ("company.industry", fields.Company?.Industry, MaxLength), ("company.size", fields.Company?.Size, MaxLength),
        ];
        if (Array.Find(texts, text => text.Text?.Contains('\0', StringComparison.Ordinal) == true) is { Name: { } with }) return $"{with} contains a NUL character.";
        return Array.Find(texts, text => text.Text?.Length > text.Max) is { Name: { } name, Max: var max } ? $"{name} has more than {max} characters." : null;
    }

    /// <summary>What two writings of one address have in common.</summary>
    public static string? EmailKey(string? email) => email?.ToLowerInvariant();

    private static bool IsAddress(string text) => text.Length <= MaxEmailLength && Address().IsMatch(text);

    [GeneratedRegex(@"^[^\s\0@<>""]{1,64}@[^\s\0@<>""]+[.][^\s\0@<>"".]+$", RegexOptions.None, 1000)]
    private static partial Regex Address();

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
