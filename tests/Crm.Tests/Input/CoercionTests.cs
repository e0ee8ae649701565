using System.Net;
using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Input;

/// <summary>Values that are taken, though written otherwise than they are answered.</summary>
public sealed class CoercionTests
{
    [Theory, EachDatabase]
    public async Task Numbers_written_as_text_are_numbers(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var deal = (await client.PostAsync("/api/deals", """{"name":"Engine","value":"1234.5","probability":"40"}""")).ShouldBe(HttpStatusCode.Created);

        deal["value"].GetDecimal().ShouldBe(1234.5m);
        deal["probability"].GetInt32().ShouldBe(40);
        (await client.EventsAsync(deal.Id)).ShouldBe(["deal.created"]);
    }

    [Theory, EachDatabase]
    public async Task Text_is_trimmed_and_empty_optional_text_is_null(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var lead = (await client.PostAsync("/api/leads", """{"lastName":" \t Love lace\u00a0\n","firstName":"","jobTitle":"   ","phone":" ","companyWebsite":"\u2003","ownerId":"","currency":"","tags":[" one ","One"]}""")).ShouldBe(HttpStatusCode.Created);

        lead["lastName"].GetString().ShouldBe("Love lace");
        foreach (var member in new[] { "firstName", "jobTitle", "phone", "companyWebsite", "ownerId" }) lead[member].ValueKind.ShouldBe(JsonValueKind.Null, member);
        lead["currency"].GetString().ShouldBe("EUR");
        lead["tags"].EnumerateArray().Select(tag => tag.GetString()).ShouldBe(["one"]);
        (await client.GetAsync($"/api/leads/{lead.Id}")).Text.ShouldBe(lead.Text);
    }

    [Theory, EachDatabase]
    public async Task An_instant_of_any_offset_is_answered_in_UTC_to_the_microsecond(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        foreach (var (given, answered) in new[]
                 {
                     ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00Z"), ("2026-01-31T09:30Z", "2026-01-31T09:30:00Z"), ("2026-01-31T09:30:00+05:45", "2026-01-31T03:45:00Z"),
                     ("2026-01-31T09:30:00.123456789-12:00", "2026-01-31T21:30:00.123456Z"), ("2024-02-29T23:59:59.9999999Z", "2024-02-29T23:59:59.999999Z"), ("2026-01-31T23:59:59.999999999Z", "2026-01-31T23:59:59.999999Z"),
                     ("1000-01-01T00:00:00Z", "1000-01-01T00:00:00Z"), ("9998-12-31T23:59:59.999999Z", "9998-12-31T23:59:59.999999Z"),
                 })
        {
            var task = (await client.PostAsync("/api/tasks", new { title = "Call back", dueAt = given })).ShouldBe(HttpStatusCode.Created);
            task["dueAt"].GetString().ShouldBe(answered, given);
            (await client.GetAsync($"/api/tasks/{task.Id}")).Text.ShouldBe(task.Text);
        }

        foreach (var given in new[]
                 {
                     "2026-01-31", "2026-01-31T09:30:00", "2026-02-30T00:00:00Z", "2026-01-31T25:00:00Z", "2026-01-31T09:60:00Z", "0999-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
                     "31/01/2026", "2026-01-31 09:30:00Z", "2026-01-31T09:30:00Z ", "2026-01-31T09:30:00.Z", "2026-01-31T09:30:00+99:00", "1769851800", "now",
                 })
        {
            Findings.Fault(await client.PostAsync("/api/tasks", new { title = "Call back", dueAt = given }), 400, FailureCodes.Validation, "/dueAt").ShouldBeNull(given);
        }
    }

    [Theory, EachDatabase]
    public async Task A_date_is_a_day_of_the_calendar(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        foreach (var date in new[] { "2024-02-29", "1000-01-01", "9998-12-31" })
        {
            var deal = (await client.PostAsync("/api/deals", new { name = "Engine", expectedCloseDate = date })).ShouldBe(HttpStatusCode.Created);
            deal["expectedCloseDate"].GetString().ShouldBe(date);
            (await client.GetAsync($"/api/deals/{deal.Id}")).Text.ShouldBe(deal.Text);
        }

        foreach (var date in new[] { "2026-02-29", "2026-13-01", "2026-1-1", "20260101", "2026-01-01T00:00:00Z", "0999-12-31", "9999-01-01", "01.02.2026", "today" })
        {
            Findings.Fault(await client.PostAsync("/api/deals", new { name = "Engine", expectedCloseDate = date }), 400, FailureCodes.Validation, "/expectedCloseDate").ShouldBeNull(date);
        }
    }

    [Theory, EachDatabase]
    public async Task Any_Unicode_text_comes_back_as_it_was_and_can_be_listed_searched_and_sorted(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        string[] texts =
        [
            "Ångström", "Łódź ﬁ ﷺ", "日本語テキスト", "עברית", "👩‍👩‍👧‍👦 family", "a\u0301\u0300\u0302", "\ufffe", "x\uffffy", "\ufdd0", "\U0001fffe", "\u202eabc", "\ufeffbom", "%_\\'\"`", "\u0001\u001f\u007f", "İıſß", "\u1e9e\u0345", "\ud7a3\u1100",
        ];
        foreach (var text in texts)
        {
            var lead = (await client.PostAsync("/api/leads", new { lastName = text, companyName = text, tags = new[] { text } })).ShouldBe(HttpStatusCode.Created);
            lead["lastName"].GetString().ShouldBe(text);
            lead["tags"][0].GetString().ShouldBe(text);
            (await client.GetAsync($"/api/leads/{lead.Id}")).Text.ShouldBe(lead.Text);
            (await client.GetAsync($"/api/leads?tag={Uri.EscapeDataString(text)}")).ShouldBe(HttpStatusCode.OK).Items.Select(item => item.GetProperty("id").GetGuid()).ShouldBe([lead.Id]);
            (await client.GetAsync($"/api/leads?search={Uri.EscapeDataString(text)}&sort=lastName")).ShouldBe(HttpStatusCode.OK);
        }
    }
}
