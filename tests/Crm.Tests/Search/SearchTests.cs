using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.ApiKeys;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Search;

public sealed class SearchTests
{
    [Theory, EachDatabase]
    public async Task What_is_called_by_the_words_comes_first_then_what_is_called_alike_then_what_has_them_somewhere(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var note = await client.MakeAsync("leads", new { lastName = "Babbage", description = "Knows Ada from the academy" });
        var older = await client.MakeAsync("leads", new { lastName = "Lovelace", firstName = "Ada" });
        var longer = await client.MakeAsync("deals", new { name = "Adaptation of the engine" });
        var newer = await client.MakeAsync("tasks", new { title = "Call Ada" });
        var activity = await client.MakeAsync("activities", new { type = "NOTE", subject = "Talk", body = "ADA was there", leadId = older });
        await client.MakeAsync("leads", new { lastName = "Somebody else" });

        var found = await client.GetAsync("/api/search?q=ada");

        found.ShouldBe(HttpStatusCode.OK);
        found.Items.Select(hit => hit.GetProperty("id").GetGuid()).ShouldBe([newer, older, longer, activity, note]);
        found.Items.Select(hit => hit.GetProperty("type").GetString()).ShouldBe(["TASK", "LEAD", "DEAL", "ACTIVITY", "LEAD"]);
        found.Items.Select(hit => hit.GetProperty("title").GetString()).ShouldBe(["Call Ada", "Ada Lovelace", "Adaptation of the engine", "Talk", "Babbage"]);
        found.Items[1].GetProperty("lead").GetProperty("lastName").GetString().ShouldBe("Lovelace");
        found["nextCursor"].ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory, EachDatabase]
    public async Task Pages_by_cursor_show_each_record_once_and_in_one_order(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var i in Enumerable.Range(0, 7))
        {
            await client.MakeAsync("leads", new { lastName = $"Engine {i}" });
            await client.MakeAsync("deals", new { name = $"Deal {i}", description = "An engine" });
            await client.MakeAsync("tasks", new { title = $"Engineering {i}" });
        }

        var all = Ids(await client.GetAsync("/api/search?q=engine&take=100"));
        all.Count.ShouldBe(21);
        var walked = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await client.GetAsync($"/api/search?q=engine&take=4{(cursor is null ? "" : $"&cursor={cursor}")}");
            walked.AddRange(Ids(page));
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);

        walked.ShouldBe(all);
    }

    [Theory, EachDatabase]
    public async Task Words_are_highlighted_where_they_stand_in_the_records_own_text(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var text = string.Concat(Enumerable.Repeat("Nothing to see here. ", 20)) + "The <b>Straße</b> in Łódź is long. " + string.Concat(Enumerable.Repeat("Nothing either. ", 20));
        await client.MakeAsync("leads", new { firstName = "Zoë", lastName = "Müller-Lüdenscheidt", phone = "+49 (0)30 1234567", description = text, tags = new[] { "Straßenbau" } });

        var found = await client.GetAsync($"/api/search?q={Uri.EscapeDataString("zoe lüdenscheidt 030 1234567 łodz strasse")}");

        var highlights = found.Items.ShouldHaveSingleItem().GetProperty("highlights").EnumerateArray().ToList();
        highlights.Select(h => h.GetProperty("field").GetString()).ShouldBe(["firstName", "lastName", "phone", "tags/0", "description"]);
        highlights.Select(Marked).ShouldBe([["Zoë"], ["Lüdenscheidt"], ["+49 (0)30 1234567"], ["Straßenbau"], ["Straße", "Łódź"]]);
        foreach (var highlight in highlights)
        {
            var (piece, start) = (highlight.GetProperty("text").GetString()!, highlight.GetProperty("start").GetInt32());
            var whole = highlight.GetProperty("field").GetString() switch { "description" => text.Trim(), "tags/0" => "Straßenbau", var field => found.Items[0].GetProperty("lead").GetProperty(field!).GetString()! };
            whole.Substring(start, piece.Length).ShouldBe(piece);
            piece.Length.ShouldBeLessThanOrEqualTo(160);
        }
    }

    [Theory]
    [EachDatabase("Lovelaec", "Lovelace")]
    [EachDatabase("Lovlace", "Lovelace")]
    [EachDatabase("Lovellace", "Lovelace")]
    [EachDatabase("Lovekace ada", "Lovelace")]
    [EachDatabase("Mülller", "Müller")]
    [EachDatabase("enginee OR lovelaec", "Lovelace,Engine")]
    [EachDatabase("Lovxxace", "")]
    [EachDatabase("\"lovelaec\"", "Lovelace")]
    [EachDatabase("\"ada lovelaec\"", "")]
    [EachDatabase("0301234568", "")]
    public async Task One_typing_error_is_forgiven_where_nothing_has_the_word(Database database, string q, string found)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "Engine" });
        await client.MakeAsync("leads", new { lastName = "Lovelace", firstName = "Ada", phone = "030 1234567" });
        await client.MakeAsync("leads", new { lastName = "Müller" });

        var hits = await client.GetAsync($"/api/search?q={Uri.EscapeDataString(q)}");

        hits.ShouldBe(HttpStatusCode.OK).Items.Select(hit => hit.GetProperty("lead").GetProperty("lastName").GetString()).ShouldBe(found.Split(',', StringSplitOptions.RemoveEmptyEntries));
        (await client.GetAsync($"/api/leads?sort=relevance&search={Uri.EscapeDataString(q)}")).Items.Select(lead => lead.GetProperty("lastName").GetString()).ShouldBe(found.Split(',', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [EachDatabase("acme", "both,first,second")]
    [EachDatabase("acme -berlin", "second")]
    [EachDatabase("acme berlin", "both,first")]
    [EachDatabase("\"acme berlin\"", "both")]
    [EachDatabase("acme OR other", "other,both,first,second")]
    [EachDatabase("acme paris OR berlin", "both,first,second")]
    [EachDatabase("acme -\"acme berlin\"", "first,second")]
    [EachDatabase("-acme", "other")]
    [EachDatabase("or", "")]
    [EachDatabase("acme, berlin; ?!", "both,first")]
    [EachDatabase("5\" pipe", "")]
    [EachDatabase("tel", "")]
    [EachDatabase("acme 1234 -5678", "")]
    [EachDatabase("https://www.other.example/about?x=1", "other")]
    [EachDatabase("other.example", "other")]
    [EachDatabase("WWW.OTHER.EXAMPLE", "other")]
    [EachDatabase("<Info@Other.Example>", "other")]
    [EachDatabase("mailto:info@other.exa", "other")]
    [EachDatabase("info@other", "other")]
    [EachDatabase("xn--mller-kva.example", "other")]
    [EachDatabase("müller.example", "other")]
    public async Task Phrases_exclusions_alternatives_and_addresses_mean_what_they_say(Database database, string q, string found)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "second", companyName = "Acme", description = "Paris" });
        await client.MakeAsync("leads", new { lastName = "first", companyName = "Acme", jobTitle = "Berlin" });
        await client.MakeAsync("leads", new { lastName = "both", companyName = "Acme Berlin" });
        await client.MakeAsync("leads", new { lastName = "other", email = "info@other.example", companyWebsite = "https://müller.example" });

        var list = await client.GetAsync($"/api/leads?sort=-createdAt&search={Uri.EscapeDataString(q)}");
        list.ShouldBe(HttpStatusCode.OK).Items.Select(lead => lead.GetProperty("lastName").GetString()).ShouldBe(found.Split(',', StringSplitOptions.RemoveEmptyEntries), q);
        var hits = await client.GetAsync($"/api/search?q={Uri.EscapeDataString(q)}");
        hits.ShouldBe(HttpStatusCode.OK).Items.Select(hit => hit.GetProperty("title").GetString()).ShouldBe(found.Split(',', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);
    }

    [Theory]
    [EachDatabase("type:deal", "big,small")]
    [EachDatabase("type:deals engine", "big")]
    [EachDatabase("type:deal type:task", "to do,big,small")]
    [EachDatabase("owner:me", "to do,big")]
    [EachDatabase("owner:bob", "small")]
    [EachDatabase("owner:none", "Lead")]
    [EachDatabase("stage:proposal", "big")]
    [EachDatabase("status:NEW", "Lead")]
    [EachDatabase("source:website", "Lead")]
    [EachDatabase("priority:HIGH", "to do")]
    [EachDatabase("tag:\"Key account\"", "big")]
    [EachDatabase("value:>1000", "big")]
    [EachDatabase("value:>=1000", "big,small")]
    [EachDatabase("value:<1000", "Lead")]
    [EachDatabase("value:500..1000", "small,Lead")]
    [EachDatabase("value:1000", "small")]
    [EachDatabase("value:>1000 value:<2000", "")]
    [EachDatabase("due:2026-01-05", "to do")]
    [EachDatabase("due:>2026-01-05", "")]
    [EachDatabase("due:<=2026-01-05", "to do")]
    [EachDatabase("created:<2026-01-01", "")]
    [EachDatabase("created:>=2026-01-01 type:lead", "Lead")]
    [EachDatabase("big stage:PROPOSAL value:>1", "big")]
    [EachDatabase("small stage:PROPOSAL", "")]
    [EachDatabase("\"type:deal\"", "")]
    public async Task Qualifiers_narrow_what_is_found(Database database, string q, string found)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.As(Role.Rep, "bob").GetAsync("/api/me");
        await client.MakeAsync("leads", new { lastName = "Lead", source = "WEBSITE", estimatedValue = 500 });
        await client.MakeAsync("deals", new { name = "small", value = 1000, ownerId = "bob" });
        await client.MakeAsync("deals", new { name = "big", value = 5000, stage = "PROPOSAL", description = "engine", tags = new[] { "Key Account" } });
        await client.MakeAsync("tasks", new { title = "to do", priority = "HIGH", dueAt = "2026-01-05T12:00:00Z" });

        var hits = await client.GetAsync($"/api/search?q={Uri.EscapeDataString(q)}");

        hits.ShouldBe(HttpStatusCode.OK).Items.Select(hit => hit.GetProperty("title").GetString()).ShouldBe(found.Split(',', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [EachDatabase("acme \"berlin", 6, "quote")]
    [EachDatabase("OR acme", 1, "before")]
    [EachDatabase("acme OR", 6, "behind")]
    [EachDatabase("acme OR OR berlin", 9, "before")]
    [EachDatabase("acme OR -berlin", 9, "leave out")]
    [EachDatabase("acme stgae:PROPOSAL", 6, "stage:")]
    [EachDatabase("type:house", 1, "lead, deal, task, activity, customer")]
    [EachDatabase("x status:OLD", 3, "NEW, CONTACTED")]
    [EachDatabase("value:much", 1, "amount")]
    [EachDatabase("value:-5", 1, "amount")]
    [EachDatabase("value:5..1", 1, "ends before")]
    [EachDatabase("created:yesterday", 1, "day")]
    [EachDatabase("x -status:NEW", 3, "left out")]
    [EachDatabase("acme OR type:deal berlin", 9, "behind OR")]
    [EachDatabase("stage:>LEAD", 1, "takes no >")]
    [EachDatabase("type:lead stage:PROPOSAL", 11, "deals")]
    [EachDatabase("tag:\"open", 5, "quote")]
    public async Task A_search_with_a_fault_is_refused_with_its_position(Database database, string q, int position, string fault)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var refused = await client.GetAsync($"/api/search?q={Uri.EscapeDataString(q)}");

        refused.ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
        refused["position"].GetInt32().ShouldBe(position, refused.Text);
        refused["errors"].GetProperty("q")[0].GetString()!.ShouldContain(fault);
    }

    [Theory, EachDatabase]
    public async Task What_was_saved_is_found_at_once_and_what_was_deleted_is_not(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        Ids(await client.GetAsync("/api/search?q=lovelace")).ShouldBe([id]);
        await client.PatchAsync($"/api/leads/{id}", new { lastName = "King" });
        Ids(await client.GetAsync("/api/search?q=lovelace")).ShouldBeEmpty();
        Ids(await client.GetAsync("/api/search?q=king")).ShouldBe([id]);
        await client.DeleteAsync($"/api/leads/{id}");
        Ids(await client.GetAsync("/api/search?q=king")).ShouldBeEmpty();
        await client.PostAsync($"/api/leads/{id}/restore");
        Ids(await client.GetAsync("/api/search?q=king")).ShouldBe([id]);
        await client.PostAsync($"/api/leads/{id}/convert");
        (await client.GetAsync("/api/search?q=king&types=CUSTOMER")).Items.ShouldHaveSingleItem().GetProperty("customer").GetProperty("lastName").GetString().ShouldBe("King");
    }

    [Theory, EachDatabase]
    public async Task Nobody_finds_what_they_do_not_see(Database database)
    {
        var host = await Hosts.For(database);
        var (admin, stranger) = (host.NewTenant(), host.NewTenant());
        await admin.PatchAsync("/api/settings", new { visibility = "OWN" });
        var (bob, zoe) = (admin.As(Role.Rep, "bob"), admin.As(Role.Rep, "zoe"));
        await zoe.GetAsync("/api/me");
        var lead = await bob.MakeAsync("leads", new { lastName = "Secret", ownerId = "bob" });
        await bob.MakeAsync("deals", new { name = "Secret deal" });
        await bob.MakeAsync("tasks", new { title = "Secret task" });
        await bob.MakeAsync("activities", new { type = "NOTE", subject = "Secret talk", leadId = lead });

        Ids(await admin.GetAsync("/api/search?q=secret")).Count.ShouldBe(4);
        Ids(await bob.GetAsync("/api/search?q=secret")).Count.ShouldBe(4);
        foreach (var q in new[] { "secret", "secrte", "owner:bob", "-nothing", "type:lead" })
        {
            Ids(await zoe.GetAsync($"/api/search?q={q}")).ShouldBeEmpty(q);
            Ids(await stranger.GetAsync($"/api/search?q={q}")).ShouldBeEmpty(q);
        }
    }

    [Theory]
    [EachDatabase("a", "Adam,Ada Lovelace")]
    [EachDatabase("ada", "Ada Lovelace,Adam")]
    [EachDatabase("ada l", "Ada Lovelace")]
    [EachDatabase("ada engine", "Ada Lovelace")]
    [EachDatabase("engine", "The engine,Ada Lovelace")]
    [EachDatabase("lovelaec", "Ada Lovelace")]
    [EachDatabase("030 1234", "Ada Lovelace")]
    [EachDatabase("1234567", "Ada Lovelace")]
    [EachDatabase("ada@eng", "Ada Lovelace")]
    [EachDatabase("\"ada", "Ada Lovelace,Adam")]
    [EachDatabase("type:deal", "")]
    [EachDatabase("-ada OR", "")]
    [EachDatabase("hidden", "")]
    [EachDatabase("?!", "")]
    public async Task Names_are_suggested_as_one_types_whatever_the_signs(Database database, string q, string suggested)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { firstName = "Ada", lastName = "Lovelace", companyName = "Engine Works", email = "ada@engine.example", phone = "+49 30 1234567", description = "hidden" });
        await client.MakeAsync("deals", new { name = "The engine", tags = new[] { "hidden" } });
        await client.MakeAsync("tasks", new { title = "Adam" });

        var answer = await client.GetAsync($"/api/search/suggest?q={Uri.EscapeDataString(q)}");

        answer.ShouldBe(HttpStatusCode.OK).Items.Select(item => item.GetProperty("title").GetString()).ShouldBe(suggested.Split(',', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory, EachDatabase]
    public async Task What_can_be_of_no_type_finds_nothing(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "Acme" });

        foreach (var query in new[] { "q=acme stage:PROPOSAL status:NEW", "types=DEAL&q=acme status:NEW", "types=DEAL&q=acme" }) Ids(await client.GetAsync($"/api/search?{query}")).ShouldBeEmpty(query);
    }

    [Theory, EachDatabase]
    public async Task A_number_left_out_is_no_part_of_the_one_before(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("deals", new { name = "Budget 2025 of 2024" });
        var right = await client.MakeAsync("deals", new { name = "Budget 2025" });

        Ids(await client.GetAsync("/api/search?q=budget 2025 -2024")).ShouldBe([right]);
    }

    [Theory, EachDatabase("030 1234567", "12345"), EachDatabase("030 1234567", "030"), EachDatabase("+1 (415) 555-0100", "555-0100"), EachDatabase("040-99 88 77", "998877")]
    public async Task A_part_of_a_number_is_enough(Database database, string phone, string q)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace", phone });

        Ids(await client.GetAsync($"/api/search?q={Uri.EscapeDataString(q)}")).ShouldBe([id]);
    }

    /// <summary>Whether an error is forgiven must not tell of words that the caller doesn't see.</summary>
    [Theory, EachDatabase]
    public async Task An_error_is_forgiven_whatever_others_have_written(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        await admin.PatchAsync("/api/settings", new { visibility = "OWN" });
        var (bob, zoe) = (admin.As(Role.Rep, "bob"), admin.As(Role.Rep, "zoe"));
        var own = await zoe.MakeAsync("tasks", new { title = "Lovelacee" });
        Ids(await zoe.GetAsync("/api/search?q=lovelace")).ShouldBe([own]);
        Ids(await zoe.GetAsync("/api/search?q=lovelace")).ShouldBe([own]);
        await bob.MakeAsync("leads", new { lastName = "Lovelace", ownerId = "bob" });

        Ids(await zoe.GetAsync("/api/search?q=lovelace")).ShouldBe([own]);
        (await zoe.GetAsync("/api/tasks?search=lovelace")).Items.Count.ShouldBe(1);
        Ids(await bob.GetAsync("/api/search?q=lovelace")).Count.ShouldBe(1);
    }

    /// <summary>Nor may how many of them there are, nor a cursor that says that errors were forgiven.</summary>
    [Theory, EachDatabase]
    public async Task What_others_have_written_takes_no_place_and_leaves_no_trace(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        await admin.PatchAsync("/api/settings", new { visibility = "OWN" });
        var (bob, zoe) = (admin.As(Role.Rep, "bob"), admin.As(Role.Rep, "zoe"));
        var own = new List<Guid>();
        for (var letter = 'f'; letter <= 'q'; letter++) own.Add(await zoe.MakeAsync("tasks", new { title = $"Lovelac{letter}", assigneeId = "zoe" }));
        foreach (var title in new[] { "Engine", "Engine" }) await zoe.MakeAsync("tasks", new { title, assigneeId = "zoe" });
        foreach (var letter in "abcde") await bob.MakeAsync("tasks", new { title = $"Lovelac{letter}", assigneeId = "bob" });
        await bob.MakeAsync("tasks", new { title = "Analytic", assigneeId = "bob" });

        Ids(await zoe.GetAsync("/api/search?q=lovelacz")).ShouldBe(own, ignoreOrder: true);
        var ends = new List<string>();
        foreach (var word in new[] { "analytix", "nobodysx" })
        {
            var q = Uri.EscapeDataString($"{word} OR engine");
            var first = await zoe.GetAsync($"/api/search?q={q}&take=1");
            var cursor = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(first["nextCursor"].GetString()!)).Split(',');
            var forged = $"{cursor[0]},\"{cursor[1].Trim('"')}~\",1,\"ffffffff-ffff-ffff-ffff-ffffffffffff\"]";
            var answer = await zoe.GetAsync($"/api/search?q={q}&take=1&cursor={Base64Url.EncodeToString(Encoding.UTF8.GetBytes(forged))}");
            answer.ShouldBe(HttpStatusCode.OK).Items.Count.ShouldBe(1);
            ends.Add(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(answer["nextCursor"].GetString()!)).Split(',')[1][^2..]);
        }

        ends.Distinct().Count().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task A_key_finds_what_it_may_reach(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "Acme" });
        var task = await client.MakeAsync("tasks", new { title = "Call Acme" });
        var (_, key) = await client.MakeKeyAsync(resources: ["search", "tasks"]);

        Ids(await client.ByKeyAsync(key, HttpMethod.Get, "/api/search?q=acme")).ShouldBe([task]);
        Ids(await client.ByKeyAsync(key, HttpMethod.Get, "/api/search/suggest?q=acme")).ShouldBe([task]);
        Ids(await client.ByKeyAsync(key, HttpMethod.Get, "/api/search?q=acme type:lead")).ShouldBeEmpty();
    }

    /// <summary>More than are named one by one: read in the list's order.</summary>
    [Theory, EachDatabase]
    public async Task Much_is_found_in_the_same_order_and_counted_as_little(Database database)
    {
        var host = await Hosts.For(database);
        var client = host.NewTenant();
        await client.GetAsync("/api/me");
        await host.QueryAsync(client.TenantId, async db =>
        {
            for (var i = 0; i < 1_203; i++) db.Add(Crm.Database.Tasks.CrmTask.Create(new Crm.Contracts.Tasks.TaskFields { Title = i % 400 == 7 ? $"Engine {i}" : i % 400 == 8 ? $"Engines {i}" : $"Task {i}", Description = "of an engine", AssigneeId = null }, db.Stamp()));
            return await db.SaveChangesAsync();
        });

        var first = await client.GetAsync("/api/tasks?search=engine&sort=relevance&take=10");
        first["total"].GetInt32().ShouldBe(1_203);
        first.Items.Take(6).Select(task => task.GetProperty("title").GetString()!.Split(' ')[0]).ShouldBe(["Engine", "Engine", "Engine", "Engines", "Engines", "Engines"]);
        var walked = first.Items.Select(task => task.GetProperty("id").GetGuid()).ToList();
        for (var cursor = first["nextCursor"].GetString(); cursor is not null;)
        {
            var page = await client.GetAsync($"/api/tasks?search=engine&take=200&cursor={cursor}");
            walked.AddRange(page.Items.Select(task => task.GetProperty("id").GetGuid()));
            cursor = page["nextCursor"].GetString();
        }

        walked.Count.ShouldBe(1_203);
        walked.ShouldBeUnique();
        walked.Skip(6).ShouldBe(walked.Skip(6).OrderDescending());
        (await client.GetAsync("/api/tasks?search=engine&sort=relevance&take=3&skip=5")).Items.Select(task => task.GetProperty("id").GetGuid()).ShouldBe(walked.Skip(5).Take(3));
        (await client.GetAsync("/api/tasks?search=engine&sort=relevance&take=3&skip=5000")).Items.ShouldBeEmpty();
        Ids(await client.GetAsync("/api/search?q=engine&take=10")).ShouldBe(walked.Take(10));
        Ids(await client.GetAsync("/api/search/suggest?q=engine&take=8")).ShouldBe(walked.Take(6));
    }

    private static List<Guid> Ids(Answer answer) => [.. answer.ShouldBe(HttpStatusCode.OK).Items.Select(item => item.GetProperty("id").GetGuid())];

    private static string[] Marked(JsonElement highlight) =>
        [.. highlight.GetProperty("ranges").EnumerateArray().Select(range => highlight.GetProperty("text").GetString()!.Substring(range.GetProperty("start").GetInt32(), range.GetProperty("length").GetInt32()))];
}
