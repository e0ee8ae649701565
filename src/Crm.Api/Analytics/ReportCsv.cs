using System.Text.Json;
using Crm.Api.Http;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;

namespace Crm.Api.Analytics;

/// <summary>
/// Any report as lines: one for each of its rows, named by the part that it is of. Where there are several currencies, a row's amounts come in
/// lines of their own behind it, one for each.
/// </summary>
internal static class ReportCsv
{
    private const string Part = "part";
    private const string Total = "total";
    private const string Currency = "currency";
    private const string Amounts = "amounts";

    /// <summary>What a report tells of itself, which no row does.</summary>
    private static readonly string[] OfReport = ["asOf", "timeZone", "from", "to"];

    /// <summary>The report in the form that was asked for.</summary>
    public static async Task<IResult> OrAsync<T>(ReportQuery query, string name, T report, CancellationToken ct) where T : ReportView
    {
        if (query.Format == ListFormat.Json) return Answers.Found(report);
        var json = JsonSerializer.SerializeToElement(report, CrmJson.Options);
        var parts = json.EnumerateObject().Where(part => part.Name != Amounts).SelectMany(part => Rows(part).Select(row => (part.Name, Row: row))).DefaultIfEmpty((Name: Total, Row: json));
        var lines = parts.SelectMany(part => Lines(part.Name, part.Row, (report as IInCurrencies)?.Currency)).ToList();
        string[] header = [Part, .. lines.SelectMany(line => line.Keys).Where(key => key != Part).OrderByDescending(key => key == Currency).Distinct(StringComparer.Ordinal)];
        return await Csv.BeginAsync(name, header, lines.Select(line => header.Select(column => line.GetValueOrDefault(column, "")).ToArray()).ToAsyncEnumerable(), ct);
    }

    private static IEnumerable<JsonElement> Rows(JsonProperty part) => part.Value.ValueKind switch
    {
        JsonValueKind.Array => part.Value.EnumerateArray(),
        JsonValueKind.Object => [part.Value],
        _ => [],
    };

    private static IEnumerable<Dictionary<string, string>> Lines(string part, JsonElement row, string? currency)
    {
        var line = new Dictionary<string, string>(StringComparer.Ordinal) { [Part] = part };
        if (currency is not null) line[Currency] = currency;
        Fill(line, "", row);
        yield return line;
        if (!row.TryGetProperty(Amounts, out var amounts) || amounts.ValueKind != JsonValueKind.Array) yield break;
        foreach (var amount in amounts.EnumerateArray())
        {
            var own = new Dictionary<string, string>(StringComparer.Ordinal) { [Part] = part };
            foreach (var key in row.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String && !IsNoFigure(member.Name))) own[key.Name] = key.Value.GetString()!;
            Fill(own, "", amount);
            yield return own;
        }
    }

    private static void Fill(Dictionary<string, string> line, string within, JsonElement value)
    {
        foreach (var member in value.EnumerateObject().Where(member => !IsNoFigure(member.Name)))
        {
            var name = within.Length == 0 ? member.Name : within + char.ToUpperInvariant(member.Name[0]) + member.Name[1..];
            if (member.Value.ValueKind == JsonValueKind.Object) Fill(line, name, member.Value);
            else line[name] = member.Value.ValueKind == JsonValueKind.Null ? "" : member.Value.ToString();
        }
    }

    private static bool IsNoFigure(string member) => member == Amounts || member.EndsWith("drillDown", StringComparison.OrdinalIgnoreCase) || OfReport.Contains(member, StringComparer.Ordinal);
}
