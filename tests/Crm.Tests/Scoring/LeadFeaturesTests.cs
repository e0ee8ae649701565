using System.Text.Json;
using Crm.Contracts.Activities;
using Crm.Services.Scoring;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scoring;

public sealed class LeadFeaturesTests
{
    private static readonly DateTimeOffset Made = new(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_lead_of_which_little_is_known_has_a_value_of_each_feature_too() => Of("""{ "status": "NEW", "source": "OTHER" }""").ShouldBe(
        "source OTHER, status NEW, industry none, companySize none, emailDomain none, phone none, country none, estimatedValue none, response none, outbound 0, inbound 0");

    [Fact]
    public void Values_are_put_into_few_and_activities_are_counted() => Of(
        """{ "status": "CONTACTED", "source": "REFERRAL", "companyIndustry": " Logistics ", "companySize": "51-200", "email": "mara@fjordline.no", "phone": "+47 22 12 34 56", "estimatedValue": 18000 }""",
        new Contact(ActivityType.Call, ActivityDirection.Outbound, Made.AddMinutes(40)), new Contact(ActivityType.Email, ActivityDirection.Outbound, Made.AddHours(5)), new Contact(ActivityType.Email, ActivityDirection.Inbound, Made.AddMinutes(5)), new Contact(ActivityType.Note, null, Made)).ShouldBe(
        "source REFERRAL, status CONTACTED, industry logistics, companySize 51-200, emailDomain company, phone given, country NO, estimatedValue 5000-20000, response 1 hour, outbound 2-3, inbound 1");

    [Theory]
    [InlineData("8", "1-10")]
    [InlineData("1,001-5,000", "over 1000")]
    [InlineData("1000+", "201-1000")]
    [InlineData("about 60 people", "51-200")]
    [InlineData("large", "other")]
    public void Sizes_are_known_by_their_largest_number(string size, string value) => Of($$"""{ "companySize": "{{size}}" }""").ShouldContain($"companySize {value},");

    [Theory]
    [InlineData("+1 212 555 0100", "http://fjordline.no", "US")]
    [InlineData("0049 30 1234567", null, "DE")]
    [InlineData("030 1234567", "https://www.shop.example.co.uk/x", "GB")]
    [InlineData(null, "fjordline.io", "none")]
    [InlineData("+358 9 123456", null, "FI")]
    public void A_country_is_known_by_the_number_else_by_the_domain(string? phone, string? website, string country) =>
        Of(JsonSerializer.Serialize(new { phone, companyWebsite = website })).ShouldContain($"country {country},");

    [Fact]
    public void A_lead_is_looked_at_a_day_after_it_was_made_or_just_before_it_was_decided()
    {
        var (id, later) = (Guid.CreateVersion7(), Made.AddDays(90));

        Moment.Of(id, Made, null, later)!.At.ShouldBe(Made.AddDays(1));
        Moment.Of(id, Made, null, Made.AddHours(2))!.At.ShouldBe(Made.AddHours(2));
        Moment.Of(id, Made, Made.AddDays(20), later)!.At.ShouldBe(Made.AddDays(1));
        Moment.Of(id, Made, Made.AddHours(3), later)!.At.ShouldBe(Made.AddHours(3).AddMicroseconds(-1));
        Moment.Of(id, Made, Made.AddDays(1), later)!.At.ShouldBe(Made.AddDays(1).AddMicroseconds(-1));
        Moment.Of(id, Made, Made, later).ShouldBeNull();
    }

    private static string Of(string lead, params Contact[] contacts)
    {
        var members = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(lead)!;
        members["createdAt"] = JsonSerializer.SerializeToElement(Made);
        return string.Join(", ", LeadFeatures.Of(JsonSerializer.SerializeToElement(members), contacts).Select(value => $"{value.Feature} {value.Value}"));
    }
}
