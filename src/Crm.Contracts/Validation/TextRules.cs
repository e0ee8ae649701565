using System.ComponentModel.DataAnnotations;

namespace Crm.Contracts.Validation;

/// <summary>An e-mail address: something, one <c>@</c>, a domain with a dot. Whether it can be delivered to only sending tells.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmailAttribute() : RegularExpressionAttribute(@"^[^\s@<>(),;:\\""]{1,64}@([^\s@<>(),;:\\"".]+[.])+[^\s@<>(),;:\\"".]+$")
{
    public override string FormatErrorMessage(string name) => "must be an e-mail address such as ada@example.com";
}

/// <summary>A telephone number in any usual writing, also with the spaces and dashes that word processors put.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PhoneNumberAttribute() : RegularExpressionAttribute(@"^(?=(.*[0-9]){2})[+]?[0-9 ()./\-\u00A0\u2007-\u2015\u202F\u2212]{2,40}( ?(x|ext[.]?) ?[0-9]{1,8})?$")
{
    public override string FormatErrorMessage(string name) => "must be a telephone number such as +49 30 1234567";
}

/// <summary>A web address, with or without <c>https://</c>; no other scheme, since it is shown as a link.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WebsiteAttribute() : RegularExpressionAttribute(@"^([hH][tT][tT][pP][sS]?://)?[^\s/:@<>""]+[.][^\s/:@<>""]+(:[0-9]{1,5})?([/?#][^\s<>""]*)?$")
{
    public override string FormatErrorMessage(string name) => "must be a web address such as https://example.com";
}

/// <summary>A key such as <c>CLOSED_WON</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class StageKeyAttribute() : RegularExpressionAttribute("^[A-Z][A-Z0-9_]{0,49}$")
{
    public override string FormatErrorMessage(string name) => "must be a key such as CLOSED_WON: upper case letters, digits and underscores, at most 50";
}

/// <summary>Up to 50 tags of up to 50 characters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TagsAttribute : ValidationAttribute
{
    public const int MaxCount = 50;
    public const int MaxLength = 50;

    public override bool IsValid(object? value) =>
        value is null || (value is IReadOnlyCollection<string?> tags && tags.Count <= MaxCount && tags.All(tag => tag is { Length: > 0 and <= MaxLength } && !tag.Contains(',', StringComparison.Ordinal)));

    public override string FormatErrorMessage(string name) => $"must hold at most {MaxCount} tags of 1 to {MaxLength} characters, without commas, which part the tags of a filter";
}

/// <summary>A time zone of the IANA database, such as <c>Europe/Berlin</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeZoneAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is null || (value is string id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId);

    public override string FormatErrorMessage(string name) => "must be a time zone of the IANA database, such as Europe/Berlin";
}
