using System.Globalization;
using System.Text.Json;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Services.Lists;
using CsvHelper;

namespace Crm.Services.Analytics;

/// <summary>
/// Any report as lines: one for each of its rows, named by the part that it is of. Where there are several currencies, a row's amounts come in
/// lines of their own behind it, one for each.
/// </summary>
/// <param name="Header">The names of the columns; the first is the part.</param>
/// <param name="Lines">What each line has, by column.</param>
public sealed record ReportTable(string[] Header, IReadOnlyList<IReadOnlyDictionary<string, string>> Lines)
{
    /// <summary>The column that names the part.</summary>
    internal const string Part = "part";

    internal const string Currency = "currency";
    internal const string Total = "total";
    private const string Amounts = "amounts";
    private const string Unconverted = "unconverted";
    private const string Rates = "rates";

    /// <summary>What a report tells of itself, which no row does.</summary>
    private static readonly string[] OfReport = ["asOf", "timeZone", "from", "to"];

    /// <summary>The lines as texts in the order of the columns.</summary>
    public IEnumerable<string[]> Rows => Lines.Select(line => Header.Select(column => line.GetValueOrDefault(column, "")).ToArray());

    public static ReportTable Of(ReportView report)
    {
        var json = JsonSerializer.SerializeToElement(report, report.GetType(), CrmJson.Options);
        var parts = json.EnumerateObject().Where(part => part.Name is not (Amounts or Rates)).SelectMany(part => RowsOf(part).Select(row => (part.Name, Row: row))).DefaultIfEmpty((Name: Total, Row: json));
        var lines = parts.SelectMany(part => LinesOf(part.Name, part.Row, (report as IInCurrencies)?.Currency)).Concat((report.Rates ?? []).Select(LineOf)).ToList();
        string[] header = [Part, .. lines.SelectMany(line => line.Keys).Where(key => key != Part).OrderByDescending(key => key == Currency).Distinct(StringComparer.Ordinal)];
        return new ReportTable(header, lines);
    }

    /// <summary>As a file, in the bytes in which it is also sent.</summary>
    public async Task<byte[]> ToCsvAsync(CancellationToken ct)
    {
        using var file = new MemoryStream();
        await using (var csv = CsvWriter.Create(file, CsvForm.Options, leaveOpen: true))
        {
            await csv.WriteRecordAsync(Header, ct);
            foreach (var row in Rows) await csv.WriteRecordAsync(row, ct);
            await csv.FlushAsync(ct);
        }

        return file.ToArray();
    }

    private static IEnumerable<JsonElement> RowsOf(JsonProperty part) => part.Value.ValueKind switch
    {
        JsonValueKind.Array => part.Value.EnumerateArray(),
        JsonValueKind.Object => [part.Value],
        _ => [],
    };

    private static IEnumerable<Dictionary<string, string>> LinesOf(string part, JsonElement row, string? currency)
    {
        var line = new Dictionary<string, string>(StringComparer.Ordinal) { [Part] = part };
        if (currency is not null) line[Currency] = currency;
        Fill(line, "", row);
        yield return line;
        if ((!row.TryGetProperty(Amounts, out var amounts) && !row.TryGetProperty(Unconverted, out amounts)) || amounts.ValueKind != JsonValueKind.Array) yield break;
        foreach (var amount in amounts.EnumerateArray())
        {
            var own = new Dictionary<string, string>(StringComparer.Ordinal) { [Part] = part };
            foreach (var key in row.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String && !IsNoFigure(member.Name))) own[key.Name] = key.Value.GetString()!;
            Fill(own, "", amount);
            yield return own;
        }
    }

    private static Dictionary<string, string> LineOf(ReportRate rate) => new(StringComparer.Ordinal)
    {
        [Part] = Rates,
        ["from"] = rate.From,
        ["to"] = rate.To,
        ["rate"] = rate.Rate.ToString(CultureInfo.InvariantCulture),
        ["date"] = rate.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };

    private static void Fill(Dictionary<string, string> line, string within, JsonElement value)
    {
        foreach (var member in value.EnumerateObject().Where(member => !IsNoFigure(member.Name)))
        {
            var name = within.Length == 0 ? member.Name : within + char.ToUpperInvariant(member.Name[0]) + member.Name[1..];
            if (member.Value.ValueKind == JsonValueKind.Object) Fill(line, name, member.Value);
            else line[name] = member.Value.ValueKind == JsonValueKind.Null ? "" : member.Value.ToString();
        }
    }

    private static bool IsNoFigure(string member) => member is Amounts or Unconverted or Rates || member.EndsWith("drillDown", StringComparison.OrdinalIgnoreCase) || OfReport.Contains(member, StringComparer.Ordinal);
}
