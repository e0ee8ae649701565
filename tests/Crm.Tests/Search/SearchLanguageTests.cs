using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Search;

/// <summary>Other forms of a word, by the language of the tenant; on SQLite words are found as they are written.</summary>
public sealed class SearchLanguageTests
{
    [Theory]
    [EachDatabase("ENGLISH", "meeting", "meetings,met at the meeting")]
    [EachDatabase("GERMAN", "häuser", "Haus am See,Häuser")]
    [EachDatabase("GERMAN", "angebote", "Angebot,Angebote")]
    [EachDatabase("SIMPLE", "häuser", "Häuser")]
    public async Task The_forms_of_a_word_are_found_behind_the_word_itself(Database database, string language, string search, string found)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var title in new[] { "Häuser", "Haus am See", "Angebote", "Angebot", "meetings", "met at the meeting", "Hauptmann" }) await client.MakeAsync("tasks", new { title });
        (await client.PatchAsync("/api/settings", new { searchLanguage = language })).ShouldBe(HttpStatusCode.OK)["searchLanguage"].GetString().ShouldBe(language);

        var titles = (await client.GetAsync($"/api/tasks?sort=relevance&search={Uri.EscapeDataString(search)}")).ShouldBe(HttpStatusCode.OK).Items.Select(task => task.GetProperty("title").GetString()!).ToList();

        var typed = titles.TakeWhile(title => title.Contains(search, StringComparison.OrdinalIgnoreCase)).ToList();
        typed.ShouldNotBeEmpty();
        if (database == Database.Postgres) titles.ShouldBe(found.Split(','), ignoreOrder: true);
        else titles.ShouldAllBe(title => title.Contains(search, StringComparison.OrdinalIgnoreCase));
    }
}
