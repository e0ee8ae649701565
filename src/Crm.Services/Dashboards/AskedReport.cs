using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Crm.Contracts.Analytics;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Database;
using Crm.Services.Analytics;
using Calendar = Crm.Services.Analytics.Calendar;

namespace Crm.Services.Dashboards;

/// <summary>A saved report as it is asked for at an instant: with the days of its period, and with the one whom <c>me</c> stands for.</summary>
internal sealed record AskedReport
{
    /// <summary>What a saved report is called that is over days reckoned from today.</summary>
    public const string Period = "period";

    public required string Key { get; init; }
    public required string Name { get; init; }
    public required string Report { get; init; }

    /// <summary>All that its query has.</summary>
    public required JsonObject Parameters { get; init; }

    /// <summary>Where the report itself gives the same.</summary>
    [JsonIgnore]
    public string Url
    {
        get
        {
            var parts = Parameters.SelectMany(parameter => (parameter.Value is JsonArray several ? several : (IEnumerable<JsonNode?>)[parameter.Value]).Select(one => $"{parameter.Key}={Uri.EscapeDataString($"{one}")}"));
            return $"/api/analytics/{Report}?{string.Join('&', parts)}";
        }
    }

    /// <param name="saved">The report as it was saved.</param>
    /// <param name="asOf">The instant.</param>
    /// <param name="calendar">By which days are counted then.</param>
    /// <param name="me">Who looks.</param>
    public static AskedReport Of(DashboardReportFields saved, DateTimeOffset asOf, Calendar calendar, string me)
    {
        var parameters = new JsonObject();
        foreach (var member in saved.Parameters!.Value.EnumerateObject())
        {
            if (member.Name == Period)
            {
                var (from, to) = RelativeDays.Of(member.Value.GetString()!, calendar.DateOf(asOf));
                (parameters["from"], parameters["to"]) = (Text(from), Text(to));
            }
            else
            {
                parameters[member.Name] = member.Name.EndsWith("Id", StringComparison.Ordinal) ? Named(member.Value, me) : JsonNode.Parse(member.Value.GetRawText());
            }
        }

        parameters["asOf"] = InstantConverter.Format(asOf);
        return new AskedReport { Key = saved.Key!, Name = saved.Name, Report = saved.Report, Parameters = parameters };
    }

    /// <param name="analytics">Whose caller's sight it is made under.</param>
    /// <param name="ct">Stops it.</param>
    public Task<ReportView> AskAsync(AnalyticsService analytics, CancellationToken ct) => SavedReport.ByName[Report].AskAsync(analytics, Parameters, ct);

    /// <summary>The report, or why it can't be made, such as for too many periods since the day that it begins on.</summary>
    public async Task<(ReportView? Report, string? Problem)> TryAsync(AnalyticsService analytics, CancellationToken ct)
    {
        try
        {
            return (await AskAsync(analytics, ct), null);
        }
        catch (CrmException e) when (e.Kind == FailureKind.Invalid && e.Errors.Count > 0)
        {
            return (null, string.Join("; ", e.Errors.Select(fault => $"{fault.Key} {fault.Value[0]}")));
        }
        catch (Exception e) when (Failures.IsTooSlow(e))
        {
            return (null, "took too long to make; ask for fewer days, or fewer owners");
        }
    }

    /// <summary>Texts with commas also as their parts, as in an address.</summary>
    private static JsonArray Named(JsonElement ids, string me) =>
        [.. ids.EnumerateArray().Select(id => id.GetString()!).SelectMany(id => id != "me" ? [id] : me.Contains(',', StringComparison.Ordinal) ? [.. me.Split(','), me] : (string[])[me]).Distinct(StringComparer.Ordinal).Select(id => (JsonNode)id)];

    private static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
