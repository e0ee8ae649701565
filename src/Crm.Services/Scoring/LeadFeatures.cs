using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Contracts.Activities;
using Crm.Database.Text;

namespace Crm.Services.Scoring;

/// <summary>A value of a feature that a lead has.</summary>
internal sealed record FeatureValue(string Feature, string Value);

/// <summary>What of a lead a prediction goes by, each as one of a few values: of the lead as it was at an instant, and of what had been done for it by then.</summary>
internal static partial class LeadFeatures
{
    private const string None = "none";

    private static readonly (int Most, string Name)[] Sizes = [(10, "1-10"), (50, "11-50"), (200, "51-200"), (1000, "201-1000")];
    private static readonly (decimal Below, string Name)[] Values = [(1_000, "under 1000"), (5_000, "1000-5000"), (20_000, "5000-20000"), (100_000, "20000-100000")];
    private static readonly (double Minutes, string Name)[] Responses = [(15, "15 minutes"), (60, "1 hour"), (240, "4 hours")];

    /// <param name="lead">As an event told it, the last one by the instant.</param>
    /// <param name="contacts">What had been done for it by the instant, as it was known then.</param>
    public static IReadOnlyList<FeatureValue> Of(JsonElement lead, IReadOnlyList<Contact> contacts)
    {
        var createdAt = lead.GetProperty("createdAt").GetDateTimeOffset();
        var (email, website) = (CompanyDomain.OfEmail(Text(lead, "email")), CompanyDomain.OfWebsite(Text(lead, "companyWebsite")));
        return
        [
            new("source", Text(lead, "source") ?? None),
            new("status", Text(lead, "status") ?? None),
            new("industry", Folding.Key(Text(lead, "companyIndustry")) is { Length: > 0 } industry ? industry : None),
            new("companySize", Size(Text(lead, "companySize"))),
            new("emailDomain", email is null ? None : CompanyDomain.IsFree(email) ? "free" : "company"),
            new("phone", Text(lead, "phone") is null ? None : "given"),
            new("country", Countries.OfPhone(Text(lead, "phone")) ?? Countries.OfDomain(website) ?? Countries.OfDomain(email) ?? None),
            new("estimatedValue", Value(lead)),
            new("response", Response(contacts, createdAt)),
            new("outbound", Count(contacts, ActivityDirection.Outbound)),
            new("inbound", Count(contacts, ActivityDirection.Inbound)),
        ];
    }

    private static string? Text(JsonElement lead, string member) => lead.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>By the largest number in it.</summary>
    private static string Size(string? text)
    {
        if (text is null) return None;
        var numbers = Number().Matches(text.Replace(",", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal)).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture)).ToList();
        if (numbers.Count == 0) return "other";
        return Sizes.FirstOrDefault(size => numbers.Max() <= size.Most).Name ?? "over 1000";
    }

    /// <summary>In the lead's own currency.</summary>
    private static string Value(JsonElement lead)
    {
        if (!lead.TryGetProperty("estimatedValue", out var json) || json.ValueKind != JsonValueKind.Number) return None;
        var value = json.GetDecimal();
        return Values.FirstOrDefault(bin => value < bin.Below).Name ?? "100000 and more";
    }

    /// <summary>How soon we turned to them first; what was done before the lead was made counts as at once.</summary>
    private static string Response(IReadOnlyList<Contact> contacts, DateTimeOffset createdAt)
    {
        var outbound = contacts.Where(contact => contact.Direction == ActivityDirection.Outbound).ToList();
        if (outbound.Count == 0) return None;
        var minutes = (outbound.Min(contact => contact.OccurredAt) - createdAt).TotalMinutes;
        return Responses.FirstOrDefault(bin => minutes <= bin.Minutes).Name ?? "1 day";
    }

    private static string Count(IReadOnlyList<Contact> contacts, ActivityDirection direction) => contacts.Count(contact => contact.Direction == direction) switch
    {
        0 => "0",
        1 => "1",
        2 or 3 => "2-3",
        _ => "4 and more",
    };

    [GeneratedRegex("[0-9]{1,9}", RegexOptions.None, 1000)]
    private static partial Regex Number();
}
