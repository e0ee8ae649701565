using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Leads;

public sealed class LeadSearchTests
{
    [Theory, EachDatabase("love", true), EachDatabase("LOVELACE", true), EachDatabase("lovelace ada", true), EachDatabase("ada love", true), EachDatabase("ad lovelace", false), EachDatabase("velace", false), EachDatabase("lovelace babbage", false)]
    [EachDatabase("strasse", true), EachDatabase("STRAßE", true), EachDatabase("straß", true), EachDatabase("emile", true), EachDatabase("ÉMILE", true), EachDatabase("müller", true), EachDatabase("MULLER", true), EachDatabase("e\u0301mile", true)]
    [EachDatabase("Ada.Lovelace@Example.COM", true), EachDatabase("ada.lovelace@exam", true), EachDatabase("lovelace@example.com", true), EachDatabase("ada.lovelace@example.org", false), EachDatabase("example.com", true)]
    [EachDatabase("analytical eng", true), EachDatabase("countess", true), EachDatabase("computing", true), EachDatabase("first program", true), EachDatabase("vip", true), EachDatabase("engines.example", true)]
    [EachDatabase("100%", false), EachDatabase("_", false), EachDatabase("love*", true), EachDatabase("?!", false)]
    public async Task Words_are_found_whatever_their_case_and_accents_and_the_last_by_its_beginning(Database database, string search, bool found)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "Somebody else", email = "else@example.net", phone = "555 0000" });
        await client.MakeAsync("leads", new
        {
            firstName = "Ada",
            lastName = "Lovelace",
            email = "Ada.Lovelace@example.com",
            jobTitle = "Countess",
            companyName = "Analytical Engines Müller",
            companyWebsite = "https://engines.example",
            companyIndustry = "Computing",
            description = "Lives in Émile-Straße; wrote the first program.",
            tags = new[] { "VIP" },
        });

        var list = await client.GetAsync($"/api/leads?search={Uri.EscapeDataString(search)}");

        list.ShouldBe(HttpStatusCode.OK).Items.Select(lead => lead.GetProperty("lastName").GetString()).ShouldBe(found ? ["Lovelace"] : []);
    }

    [Theory, EachDatabase("+49 (0)30 1234"), EachDatabase("030 1234"), EachDatabase("0049 30 1234"), EachDatabase("+49301234"), EachDatabase("030/12345-67"), EachDatabase("(030) 1234567"), EachDatabase("1234567"), EachDatabase("+49-30.1234567")]
    public async Task A_telephone_number_is_found_in_any_writing(Database database, string search)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var phone in new[] { "+49 (0)30 1234567", "0049 30 1234567", "030 1234567", "030/1234567", "+49301234567" }) await client.MakeAsync("leads", new { lastName = phone, phone });
        await client.MakeAsync("leads", new { lastName = "Other", phone = "+49 40 7654321" });

        var list = await client.GetAsync($"/api/leads?search={Uri.EscapeDataString(search)}");

        list.ShouldBe(HttpStatusCode.OK)["total"].GetInt32().ShouldBe(5, list.Text);
        list.Items.ShouldAllBe(lead => lead.GetProperty("lastName").GetString() != "Other");
    }

    [Theory, EachDatabase("+1 415 555 0100"), EachDatabase("(415) 555-0100"), EachDatabase("4155550100"), EachDatabase("+1 (415) 555")]
    public async Task An_American_number_is_found_with_and_without_its_one(Database database, string search)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "Long", phone = "+1 (415) 555-0100" });
        await client.MakeAsync("leads", new { lastName = "Short", phone = "415.555.0100" });

        var list = await client.GetAsync($"/api/leads?sort=lastName&search={Uri.EscapeDataString(search)}");

        list.ShouldBe(HttpStatusCode.OK).Items.Select(lead => lead.GetProperty("lastName").GetString()).ShouldBe(["Long", "Short"]);
    }

    [Theory, EachDatabase("+1 415 555 2671 x12"), EachDatabase("tel:+14155552671"), EachDatabase("(415)\u00A0555\u20132671"), EachDatabase("415 555 2671 ext. 12")]
    public async Task A_number_is_found_as_it_is_pasted_and_whatever_its_extension(Database database, string search)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var phone in new[] { "+1 415 555 2671 x12", "+1 415\u00A0555\u20112671", "+1 415 555 2671" }) await client.MakeAsync("leads", new { lastName = "Lovelace", phone });

        (await client.GetAsync($"/api/leads?search={Uri.EscapeDataString(search)}"))["total"].GetInt32().ShouldBe(3);
    }

    [Theory, EachDatabase("+442079460020"), EachDatabase("+44 (0)20 7946 0020"), EachDatabase("020 7946 0020")]
    public async Task A_zero_behind_the_code_of_the_country_does_not_count(Database database, string search)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "Lovelace", phone = "+44 020 7946 0020" });

        (await client.GetAsync($"/api/leads?search={Uri.EscapeDataString(search)}"))["total"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase("οδος"), EachDatabase("ΟΔΟΣ"), EachDatabase("οδοσ")]
    public async Task A_final_sigma_is_a_sigma(Database database, string search)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "ΟΔΟΣ" });

        (await client.GetAsync($"/api/leads?search={Uri.EscapeDataString(search)}"))["total"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task What_was_changed_is_found_by_its_new_words_only(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace", phone = "030 1234567" });
        await client.PatchAsync($"/api/leads/{id}", new { lastName = "King", phone = "040 7654321" });

        (await client.GetAsync("/api/leads?search=lovelace"))["total"].GetInt32().ShouldBe(0);
        (await client.GetAsync("/api/leads?search=king"))["total"].GetInt32().ShouldBe(1);
        (await client.GetAsync("/api/leads?search=0301234567"))["total"].GetInt32().ShouldBe(0);
        (await client.GetAsync("/api/leads?search=0407654321"))["total"].GetInt32().ShouldBe(1);
    }
}
