using System.Net;
using System.Text;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Audit;

public sealed class CsvTests
{
    private static readonly string[] Columns = ["id", "occurredAt", "type", "subject", "version", "actor", "credential", "address", "traceId", "changes"];

    [Theory, EachDatabase]
    public async Task The_CSV_says_what_the_JSON_says_all_of_it(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "Quote \" comma , line\nbreak; Zoë 🦊" });
        await client.PatchAsync("/api/settings", new { name = "Nordwind" });
        await Task.WhenAll(Enumerable.Range(0, 1100).Chunk(275).Select(async some =>
        {
            foreach (var i in some) await client.MakeAsync("tasks", new { title = $"Task {i}" });
        }));

        var csv = (await client.GetAsync("/api/audit?format=csv&sort=occurredAt")).ShouldBe(HttpStatusCode.OK);

        csv.Headers["Content-Type"].ShouldBe("text/csv; charset=utf-8");
        csv.Headers["Content-Disposition"].ShouldBe("attachment; filename=\"audit.csv\"");
        csv.Headers["Cache-Control"].ShouldBe("no-store");
        var lines = Parse(csv.Text);
        lines[0].ShouldBe(Columns);
        var entries = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await client.GetAsync($"/api/audit?take=200&total=none&sort=occurredAt{(cursor.Length == 0 ? "" : $"&cursor={cursor}")}");
            entries.AddRange(page.Items);
            cursor = page["nextCursor"].GetString();
        }

        lines.Count.ShouldBe(1103);
        lines.Skip(1).ShouldBe(entries.Select(entry => Columns.Select(column => entry.GetProperty(column) is { ValueKind: JsonValueKind.String or JsonValueKind.Null } text ? text.GetString() ?? "" : entry.GetProperty(column).GetRawText()).ToList()));
    }

    [Theory, EachDatabase]
    public async Task What_a_spreadsheet_would_take_for_a_formula_is_text(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Admin, "=HYPERLINK(\"https://evil.example\")");
        await client.PatchAsync("/api/settings", new { name = "Nordwind" });

        var csv = (await client.GetAsync("/api/audit?format=csv")).ShouldBe(HttpStatusCode.OK);

        Parse(csv.Text)[1][5].ShouldBe("'=HYPERLINK(\"https://evil.example\")");
    }

    [Theory, EachDatabase]
    public async Task An_empty_audit_has_its_head_line(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        Parse((await client.GetAsync("/api/audit?format=csv")).Text).ShouldHaveSingleItem().ShouldBe(Columns);
    }

    /// <summary>RFC 4180, read by its own words.</summary>
    private static List<List<string>> Parse(string text)
    {
        var (lines, line, field, quoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"') field.Append(text[++i]);
            else if (text[i] == '"') quoted = !quoted;
            else if (quoted || text[i] is not (',' or '\r' or '\n')) field.Append(text[i]);
            else if (text[i] == ',') End();
            else if (text[i] == '\n')
            {
                End();
                lines.Add(line);
                line = [];
            }
        }

        quoted.ShouldBeFalse();
        line.ShouldBeEmpty();
        return lines;

        void End()
        {
            line.Add(field.ToString());
            field.Clear();
        }
    }
}
