using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Settings;

public sealed class SettingsTests
{
    [Theory, EachDatabase]
    public async Task A_tenant_begins_with_UTC_and_euros(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Viewer);

        var settings = await client.GetAsync("/api/settings");

        settings.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"1\"");
        (settings["timeZone"].GetString(), settings["currency"].GetString(), settings["name"].GetRawText()).ShouldBe(("UTC", "EUR", "null"));
        (await client.GetAsync("/api/settings", ("If-None-Match", settings.ETag))).ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory, EachDatabase]
    public async Task Settings_are_patched_and_replaced_with_what_is_left_out_of_a_put_kept_but_the_name(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var patched = await client.PatchAsync("/api/settings", new { name = "Analytical Engines", timeZone = "Europe/Berlin" });
        var same = await client.PatchAsync("/api/settings", new { timeZone = "Europe/Berlin" });
        var replaced = await client.PutAsync("/api/settings", new { currency = "USD" });

        (patched["name"].GetString(), patched["timeZone"].GetString(), patched.ETag).ShouldBe(("Analytical Engines", "Europe/Berlin", "\"2\""));
        same.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"2\"");
        (replaced["name"].GetRawText(), replaced["timeZone"].GetString(), replaced["currency"].GetString(), replaced.ETag).ShouldBe(("null", "Europe/Berlin", "USD", "\"3\""));
        (await client.GetAsync("/api/settings")).Text.ShouldBe(replaced.Text);
    }

    [Theory, EachDatabase]
    public async Task The_tenants_currency_is_that_of_new_leads_and_deals_that_name_none(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var before = await client.MakeAsync("deals", new { name = "Before" });
        await client.PatchAsync("/api/settings", new { currency = "CHF" });

        var lead = await client.PostAsync("/api/leads", new { lastName = "Lovelace", estimatedValue = 5 });
        var deal = await client.PostAsync("/api/deals", new { name = "Engine" });
        var own = await client.PostAsync("/api/deals", new { name = "Engine", currency = "JPY" });

        lead["currency"].GetString().ShouldBe("CHF");
        deal["currency"].GetString().ShouldBe("CHF");
        own["currency"].GetString().ShouldBe("JPY");
        (await client.GetAsync($"/api/deals/{before}"))["currency"].GetString().ShouldBe("EUR");
    }

    [Theory, EachDatabase("timeZone", "\"Mars/Olympus\""), EachDatabase("timeZone", "\"W. Europe Standard Time\""), EachDatabase("timeZone", "\"+02:00\""), EachDatabase("timeZone", "null"), EachDatabase("timeZone", "\"../etc/passwd\"")]
    [EachDatabase("currency", "\"EURO\""), EachDatabase("currency", "\"XXX\""), EachDatabase("currency", "\"eur\""), EachDatabase("currency", "null"), EachDatabase("currency", "978"), EachDatabase("language", "\"de\"")]
    public async Task What_is_no_setting_is_400_at_its_pointer(Database database, string member, string value)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.PatchAsync("/api/settings", $$"""{ "{{member}}": {{value}} }""");

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([$"/{member}"]);
        (await client.GetAsync("/api/settings"))["version"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task A_tenant_works_from_nine_to_five_until_it_says_otherwise(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var before = await client.GetAsync("/api/settings");

        var patched = await client.PatchAsync("/api/settings", """{ "workingHours": [{ "weekday": "SUNDAY", "from": "13:00", "to": "24:00" }, { "weekday": "SUNDAY", "from": "08:30", "to": "13:00" }], "holidays": ["2028-12-25", "2028-01-01", "2028-01-01"] }""");
        var same = await client.PatchAsync("/api/settings", """{ "workingHours": [{ "weekday": "SUNDAY", "from": "08:30", "to": "13:00" }, { "weekday": "SUNDAY", "from": "13:00", "to": "24:00" }], "holidays": ["2028-01-01", "2028-12-25"] }""");
        var replaced = await client.PutAsync("/api/settings", new { currency = "USD" });

        Hours(before).ShouldBe(["MONDAY 09:00 17:00", "TUESDAY 09:00 17:00", "WEDNESDAY 09:00 17:00", "THURSDAY 09:00 17:00", "FRIDAY 09:00 17:00"]);
        before["holidays"].GetRawText().ShouldBe("[]");
        Hours(patched).ShouldBe(["SUNDAY 08:30 13:00", "SUNDAY 13:00 24:00"]);
        patched["holidays"].GetRawText().ShouldBe("""["2028-01-01","2028-12-25"]""");
        (patched.ETag, same.ETag).ShouldBe(("\"2\"", "\"2\""));
        (Hours(replaced).Count, replaced["holidays"].GetArrayLength()).ShouldBe((2, 2));

        static List<string> Hours(Answer settings) => [.. settings["workingHours"].EnumerateArray().Select(part => $"{part.GetProperty("weekday").GetString()} {part.GetProperty("from").GetString()} {part.GetProperty("to").GetString()}")];
    }

    [Theory]
    [EachDatabase("""{ "workingHours": [{ "weekday": "MONDAY", "from": "09:00", "to": "09:00" }] }""", "/workingHours")]
    [EachDatabase("""{ "workingHours": [{ "weekday": "MONDAY", "from": "17:00", "to": "09:00" }] }""", "/workingHours")]
    [EachDatabase("""{ "workingHours": [{ "weekday": "MONDAY", "from": "09:00", "to": "12:00" }, { "weekday": "MONDAY", "from": "11:59", "to": "13:00" }] }""", "/workingHours")]
    [EachDatabase("""{ "workingHours": [{ "weekday": "MONDAY", "from": "9:00", "to": "12:00" }] }""", "/workingHours/0/from")]
    [EachDatabase("""{ "workingHours": [{ "weekday": "MONDAY", "from": "24:00", "to": "24:00" }] }""", "/workingHours/0/from")]
    [EachDatabase("""{ "workingHours": [{ "weekday": "MONDAY", "from": "09:00", "to": "24:01" }] }""", "/workingHours/0/to")]
    [EachDatabase("""{ "workingHours": [{ "weekday": "WEEKEND", "from": "09:00", "to": "12:00" }] }""", "/workingHours/0/weekday")]
    [EachDatabase("""{ "workingHours": [{ "from": "09:00", "to": "12:00" }] }""", "/workingHours/0/weekday")]
    [EachDatabase("""{ "workingHours": [null] }""", "/workingHours/0")]
    [EachDatabase("""{ "workingHours": null }""", "/workingHours")]
    [EachDatabase("""{ "holidays": ["2028-02-30"] }""", "/holidays/0")]
    [EachDatabase("""{ "holidays": null }""", "/holidays")]
    public async Task What_is_no_working_time_is_400_at_its_pointer(Database database, string body, string pointer)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.PatchAsync("/api/settings", body);

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldContain(pointer);
        (await client.GetAsync("/api/settings"))["version"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase("UTC"), EachDatabase("America/Argentina/Buenos_Aires"), EachDatabase("Asia/Kolkata"), EachDatabase("Etc/GMT+5")]
    public async Task A_time_zone_is_one_of_the_IANA_database(Database database, string timeZone)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.PatchAsync("/api/settings", new { timeZone })).ShouldBe(HttpStatusCode.OK)["timeZone"].GetString().ShouldBe(timeZone);
    }

    [Theory, EachDatabase]
    public async Task A_stale_change_is_412_and_one_by_anybody_but_an_admin_403(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.PatchAsync("/api/settings", new { currency = "CHF" });

        (await client.PatchAsync("/api/settings", new { currency = "USD" }, ("If-Match", "\"1\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await client.As(Role.Manager, "bob").PatchAsync("/api/settings", new { currency = "USD" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");

        (await client.GetAsync("/api/settings"))["currency"].GetString().ShouldBe("CHF");
    }
}
