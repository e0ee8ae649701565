using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Api.Http;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Json;
using Crm.Services.Dashboards;
using Microsoft.Extensions.Primitives;

namespace Crm.Api.Dashboards;

/// <summary>Reads the parameters of saved reports as the reports' own routes would read them, so that what is saved can be asked for.</summary>
internal static class SavedParameters
{
    private const string Period = "period";
    private const int LongestInAddress = 6000; // a server takes 8 KiB of it in all
    private static readonly string[] NotSaved = ["asOf", "format"];

    /// <summary>The fields with their reports' parameters as the queries have them.</summary>
    /// <exception cref="Contracts.Failures.CrmException">400 with the pointer of each fault.</exception>
    public static DashboardFields Checked(DashboardFields fields)
    {
        if (fields.Reports is null) return fields; // a patch of something else
        var faults = new Faults();
        var reports = fields.Reports.Select((report, i) => report with { Parameters = Checked(report, $"/reports/{i}", faults) }).ToList();
        faults.Throw();
        return fields with { Reports = reports };
    }

    private static JsonElement Checked(DashboardReportFields saved, string place, Faults faults)
    {
        if (!SavedReport.ByName.TryGetValue(saved.Report, out var report))
        {
            faults.Add($"{place}/report", $"must be one of {string.Join(", ", SavedReport.ByName.Keys.Order(StringComparer.Ordinal))}");
            return default;
        }

        place = $"{place}/parameters";
        var (query, read) = (Activator.CreateInstance(report.Query)!, new JsonObject());
        foreach (var json in saved.Parameters?.EnumerateObject() ?? default)
        {
            if (json.Value.ValueKind == JsonValueKind.Null) continue;
            var name = BodyReader.NameOf(json) ?? "?";
            var inside = place + BodyReader.Pointer(name);
            if (read.ContainsKey(name)) faults.Add(inside, "is given more than once");
            else if (name == Period && report.HasPeriod) read[Period] = PeriodOf(json.Value, inside, faults);
            else if (NotSaved.Contains(name)) faults.Add(inside, "is said when the report is asked for, and isn't saved");
            else if (!Http.Members.Of(report.Query).TryGetValue(name, out var member)) faults.Add(inside, $"is no parameter of this; there are {string.Join(", ", NamesOf(report))}");
            else if (TextsOf(json.Value) is not { Length: > 0 } texts || texts.Contains(null)) faults.Add(inside, "must be a value, or an array of at least one");
            else read[name] = Read(member, texts, query, inside, faults);
        }

        if (read.ContainsKey(Period) && (read.ContainsKey("from") || read.ContainsKey("to"))) faults.Add($"{place}/{Period}", "can't be combined with from or to");
        if (query is Contracts.Analytics.PeriodQuery { From: { } from, To: { } to } && to < from) faults.Add($"{place}/to", "must not be before from");
        if (Uri.EscapeDataString(read.ToJsonString(CrmJson.Options)).Length > LongestInAddress) faults.Add(place, $"must be at most {LongestInAddress} characters long as a part of an address");
        return JsonSerializer.SerializeToElement(read, CrmJson.Options);
    }

    private static JsonNode? Read(Member member, StringValues texts, object query, string place, Faults faults)
    {
        QueryReader.Read(member, texts, query, faults, place);
        if (!faults.Has(place)) member.Validate(query, faults, place);
        // Of several with commas the whole comes along, as it may be an id: but not of those among whom is whoever looks, which nobody's id says.
        if (member.Property.GetValue(query) is List<string> named) named.RemoveAll(text => text.Split(',') is [_, _, ..] parts && parts.Contains("me", StringComparer.Ordinal));
        return JsonSerializer.SerializeToNode(member.Property.GetValue(query), member.Property.PropertyType, CrmJson.Options);
    }

    private static JsonNode? PeriodOf(JsonElement json, string place, Faults faults)
    {
        var period = json.ValueKind == JsonValueKind.String ? TextOf(json) : null;
        if (period is null || !RelativePeriods.All.Contains(period, StringComparer.Ordinal)) faults.Add(place, $"must be one of {string.Join(", ", RelativePeriods.All)}");
        return period;
    }

    /// <summary>As they would be written in a query; null in the place of what can't be.</summary>
    private static string?[] TextsOf(JsonElement json) => json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray().Select(TextOf)] : [TextOf(json)];

    private static string? TextOf(JsonElement json)
    {
        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.String => json.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => json.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }

    private static IEnumerable<string> NamesOf(SavedReport report) =>
        Http.Members.Of(report.Query).Keys.Except(NotSaved, StringComparer.Ordinal).Concat(Enumerable.Repeat(Period, report.HasPeriod ? 1 : 0)).Order(StringComparer.Ordinal);
}
