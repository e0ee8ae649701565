using System.Globalization;
using System.Text;
using Crm.Services.Analytics;
using Crm.Services.Notifications;

namespace Crm.Services.Dashboards;

/// <summary>A report as lines for people to read: its totals where it has some, else its first rows.</summary>
internal static class ReportText
{
    private const int MostLines = 12;

    public static void Append(StringBuilder text, MailedReport report)
    {
        text.Append('\n').Append(MailText.Flat(report.Asked.Name));
        if (report.Asked.Parameters["from"] is { } from && report.Asked.Parameters["to"] is { } to) text.Append(CultureInfo.InvariantCulture, $" ({from} to {to})");
        text.Append('\n');
        if (report.Table is not { } table)
        {
            text.Append(CultureInfo.InvariantCulture, $"  can't be made: {report.Problem}\n");
            return;
        }

        var totals = table.Lines.Where(line => line[ReportTable.Part] == ReportTable.Total).ToList();
        var lines = totals.Count > 0 ? totals : table.Lines;
        foreach (var line in lines.Take(MostLines)) text.Append("  ").Append(Of(line)).Append('\n');
        if (lines.Count > MostLines) text.Append(CultureInfo.InvariantCulture, $"  and {lines.Count - MostLines} lines more in {report.Asked.Key}.csv\n");
        if (lines.Count == 0) text.Append("  nothing\n");
    }

    /// <summary>What a line is of, and its figures: <c>2026-11, EUR: opening 100, created 20</c>.</summary>
    private static string Of(IReadOnlyDictionary<string, string> line)
    {
        var cells = line.Where(cell => cell.Key != ReportTable.Part && cell.Value.Length > 0).ToLookup(cell => decimal.TryParse(cell.Value, NumberStyles.Number, CultureInfo.InvariantCulture, out _));
        var of = cells[false].Where(cell => !Guid.TryParse(cell.Value, out _)).Select(cell => MailText.Flat(cell.Value)).DefaultIfEmpty(line[ReportTable.Part]);
        return $"{string.Join(", ", of)}: {string.Join(", ", cells[true].Select(cell => $"{Words(cell.Key)} {cell.Value}"))}";
    }

    private static string Words(string name) => string.Concat(name.Select(c => char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));
}
