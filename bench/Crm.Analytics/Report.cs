using System.Globalization;

namespace Crm.Analytics;

/// <summary>A report that is asked for.</summary>
internal sealed record Report(string Name, string Path)
{
    /// <summary>Whether it is kept; a list behind a figure isn't.</summary>
    public bool IsKept => !Path.Contains("/deals?", StringComparison.Ordinal);

    /// <summary>The question as of an instant.</summary>
    public string AsOf(DateTimeOffset instant) => $"{Path}&asOf={instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)}";

    /// <summary>The reports up to a day.</summary>
    public static IReadOnlyList<Report> Of(DateOnly today)
    {
        var month = new DateOnly(today.Year, today.Month, 1);
        var reports = new List<Report>
        {
            new("pipeline", "pipeline?"),
            new("forecast by month", "forecast?groupBy=month"),
            new("forecast by owner", "forecast?groupBy=owner"),
            new("funnel", "funnel?"),
            new("win rate", "win-rate?"),
            new("win rate by owner", "win-rate?groupBy=owner"),
            new("win rate by source", "win-rate?groupBy=source"),
            new("win rate by month", "win-rate?groupBy=month"),
            new("win rate by reason", "win-rate?groupBy=lostReason"),
            new("velocity", "velocity?"),
            new("stages", "stages?"),
            new("movement of 90 days", $"movement?groupBy=day&{Days(today.AddDays(-89), today)}"),
            new("movement of 12 months", $"movement?groupBy=month&{Days(month.AddMonths(-11), today)}"),
            new("movement of 24 months", $"movement?groupBy=month&{Days(month.AddMonths(-23), today)}"),
            new("open deals, first page", "deals?figure=OPEN"),
            new("deals that left a stage, first page", "deals?figure=LEFT"),
            new("deals won last month, first page", $"deals?figure=WON&{Days(month.AddMonths(-1), month.AddDays(-1))}"),
        };
        return reports.ConvertAll(report => report with { Path = $"/api/analytics/{report.Path}" });
    }

    private static string Days(DateOnly from, DateOnly to) => string.Create(CultureInfo.InvariantCulture, $"from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}");
}
