using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Services.Conditions;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conditions;

public sealed class ConditionTests
{
    private const string Deal =
        """
        { "name": "Fjordline: 40 Seats", "stage": "PROPOSAL", "value": 18000.5000, "currency": "EUR", "probability": 0, "expectedCloseDate": "2027-02-26", "ownerId": null,
          "leadId": "019aa3c8-51d0-7c4e-9a57-3f0e6d1b2a44", "tags": ["Nordics", "vip"], "createdAt": "2026-11-20T10:30:00Z", "version": 3 }
        """;

    [Theory]
    [InlineData("""{"field":"stage","is":"PROPOSAL"}""", true), InlineData("""{"field":"stage","is":"proposal"}""", false), InlineData("""{"field":"stage","isNot":"LEAD"}""", true), InlineData("""{"field":"stage","isNot":"PROPOSAL"}""", false)]
    [InlineData("""{"field":"value","is":18000.5}""", true), InlineData("""{"field":"value","is":1.80005e4}""", true), InlineData("""{"field":"value","greaterThan":18000.4999}""", true), InlineData("""{"field":"value","greaterThan":18000.5}""", false), InlineData("""{"field":"value","lessThan":18000.50001}""", true), InlineData("""{"field":"value","lessThan":9000}""", false)]
    [InlineData("""{"field":"probability","is":0}""", true), InlineData("""{"field":"probability","isEmpty":false}""", true), InlineData("""{"field":"value","in":[1,18000.50]}""", true), InlineData("""{"field":"stage","in":["LEAD","QUALIFIED"]}""", false)]
    [InlineData("""{"field":"createdAt","is":"2026-11-20T11:30:00+01:00"}""", true), InlineData("""{"field":"createdAt","greaterThan":"2026-11-20T11:29:59.9+01:00"}""", true), InlineData("""{"field":"createdAt","lessThan":"2026-11-20T10:30:00Z"}""", false)]
    [InlineData("""{"field":"expectedCloseDate","lessThan":"2027-03-01"}""", true), InlineData("""{"field":"expectedCloseDate","greaterThan":"2027-02-26"}""", false), InlineData("""{"field":"leadId","is":"019AA3C8-51D0-7C4E-9A57-3F0E6D1B2A44"}""", true)]
    [InlineData("""{"field":"name","contains":"40 seats"}""", true), InlineData("""{"field":"name","contains":"41"}""", false), InlineData("""{"field":"tags","contains":"VIP"}""", true), InlineData("""{"field":"tags","contains":"vi"}""", false)]
    [InlineData("""{"field":"ownerId","isEmpty":true}""", true), InlineData("""{"field":"ownerId","is":"ada"}""", false), InlineData("""{"field":"ownerId","isNot":"ada"}""", true), InlineData("""{"field":"ownerId","in":["ada"]}""", false), InlineData("""{"field":"lostReason","isEmpty":true}""", true), InlineData("""{"field":"tags","isEmpty":true}""", false)]
    [InlineData("""{"field":"closedAt","greaterThan":"2026-01-01T00:00:00Z"}""", false), InlineData("""{"field":"closedAt","lessThan":"2026-01-01T00:00:00Z"}""", false)]
    [InlineData("""{"field":"stage","changed":true}""", true), InlineData("""{"field":"name","changed":true}""", false), InlineData("""{"field":"name","changed":false}""", true)]
    [InlineData("""{"all":[{"field":"stage","is":"PROPOSAL"},{"field":"value","greaterThan":1}]}""", true), InlineData("""{"all":[{"field":"stage","is":"PROPOSAL"},{"field":"value","lessThan":1}]}""", false)]
    [InlineData("""{"any":[{"field":"stage","is":"LEAD"},{"field":"value","greaterThan":1}]}""", true), InlineData("""{"any":[{"field":"stage","is":"LEAD"}]}""", false), InlineData("""{"not":{"any":[{"field":"stage","is":"LEAD"}]}}""", true), InlineData("""{"not":{"not":{"field":"stage","is":"LEAD"}}}""", false)]
    public void A_condition_holds_or_not(string condition, bool holds) =>
        ConditionReader.Read(Json(condition), ["deal.updated"], "/filter").Holds(Json(Deal), new Dictionary<string, FieldChange>(StringComparer.Ordinal) { ["stage"] = new() { From = null, To = null } }).ShouldBe(holds);

    [Theory]
    [InlineData("[]", "/filter"), InlineData("{}", "/filter"), InlineData("""{"and":[]}""", "/filter"), InlineData("""{"all":[]}""", "/filter/all"), InlineData("""{"any":{}}""", "/filter/any"), InlineData("""{"all":[{"field":"stage","is":"LEAD"}],"any":[]}""", "/filter"), InlineData("""{"not":[]}""", "/filter/not")]
    [InlineData("""{"field":"stage"}""", "/filter"), InlineData("""{"field":"stage","is":"LEAD","isNot":"LEAD"}""", "/filter"), InlineData("""{"field":"stage","equals":"LEAD"}""", "/filter"), InlineData("""{"field":"stage","is":"LEAD","of":1}""", "/filter"), InlineData("""{"field":"stage","field":"name","is":"LEAD"}""", "/filter")]
    [InlineData("""{"field":"nothing","is":"x"}""", "/filter/field"), InlineData("""{"field":1,"is":"x"}""", "/filter/field"), InlineData("""{"field":"Stage","is":"x"}""", "/filter/field"), InlineData("""{"field":"phone","is":"x"}""", "/filter/field")]
    [InlineData("""{"field":"stage","is":1}""", "/filter/is"), InlineData("""{"field":"stage","is":null}""", "/filter/is"), InlineData("""{"field":"stage","is":""}""", "/filter/is"), InlineData("""{"field":"value","is":"18000"}""", "/filter/is"), InlineData("""{"field":"value","greaterThan":1e400}""", "/filter/greaterThan"), InlineData("""{"field":"name","greaterThan":"a"}""", "/filter/greaterThan"), InlineData("""{"field":"createdAt","lessThan":"2026-11-20"}""", "/filter/lessThan")]
    [InlineData("""{"field":"expectedCloseDate","lessThan":"2026-02-30"}""", "/filter/lessThan"), InlineData("""{"field":"leadId","is":"x"}""", "/filter/is"), InlineData("""{"field":"tags","is":"vip"}""", "/filter/is"), InlineData("""{"field":"value","contains":"1"}""", "/filter/contains"), InlineData("""{"field":"name","isEmpty":"true"}""", "/filter/isEmpty"), InlineData("""{"field":"name","changed":1}""", "/filter/changed")]
    [InlineData("""{"field":"stage","in":"LEAD"}""", "/filter/in"), InlineData("""{"field":"stage","in":[]}""", "/filter/in"), InlineData("""{"field":"stage","in":["LEAD",1]}""", "/filter/in/1"), InlineData("""{"all":[{"field":"stage","is":"LEAD"},{"not":{"field":"x","is":1}}]}""", "/filter/all/1/not/field"), InlineData("""{"field":"name","is":"\ud800"}""", "/filter/is"), InlineData("""{"field":"name","is":"\u0000"}""", "/filter/is"), InlineData("""{"\ud800":1}""", "/filter")]
    [InlineData("""{"not":{"not":{"not":{"not":{"not":{"field":"stage","is":"LEAD"}}}}}}""", "/filter/not/not/not/not/not")]
    public void What_is_no_condition_is_refused_at_its_place(string condition, string place) => Refusal(condition, ["deal.updated"]).ShouldBe([place]);

    [Fact]
    public void Every_fault_is_told_at_once() =>
        Refusal("""{"all":[{"field":"nothing","is":1},{"field":"stage","is":1},{"any":[]},{"field":"stage","is":"LEAD"}]}""", null).ShouldBe(["/filter/all/0/field", "/filter/all/1/is", "/filter/all/2/any"]);

    [Fact]
    public void A_condition_is_made_of_fifty_at_most()
    {
        var test = """{"field":"stage","is":"LEAD"}""";

        ConditionReader.Read(Json($$"""{"any":[{{string.Join(',', Enumerable.Repeat(test, 49))}}]}"""), null, "/filter").ShouldBeOfType<Condition.Any>().Parts.Count.ShouldBe(49);
        Refusal($$"""{"any":[{{string.Join(',', Enumerable.Repeat(test, 50))}}]}""", null).ShouldBe(["/filter"]);
    }

    [Fact]
    public void A_member_of_several_kinds_of_records_may_be_what_it_is_in_any_of_them()
    {
        foreach (var type in new[] { "CALL", "FOLLOW_UP" }) ConditionReader.Read(Json($$"""{"field":"type","is":"{{type}}"}"""), null, "/filter").ShouldBeOfType<Condition.Test>();
        Refusal("""{"field":"type","is":"FOLLOW_UP"}""", ["activity.logged"]).ShouldBe(["/filter/is"]);
        Refusal("""{"field":"type","is":"NEW"}""", null).ShouldBe(["/filter/is"]);
        Refusal("""{"field":"status","is":"NEW"}""", ["deal.won", "task.due"]).ShouldBe(["/filter/field"]);
    }

    private static List<string> Refusal(string condition, string[]? types) => [.. Should.Throw<CrmException>(() => ConditionReader.Read(Json(condition), types, "/filter")).Errors.Keys.Order(StringComparer.Ordinal)];

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
