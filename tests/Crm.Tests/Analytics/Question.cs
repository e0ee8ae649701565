using System.Globalization;
using Crm.Contracts.Json;

namespace Crm.Tests.Analytics;

/// <summary>A report that is asked for, as of an instant that is chosen when there is a history.</summary>
/// <param name="Report">Its route.</param>
/// <param name="GroupBy">Null where it isn't said.</param>
/// <param name="From">The first day, in days from the report's own.</param>
/// <param name="To">The last day, in days from the report's own.</param>
/// <param name="Pipeline">The deals of the first or of the second; null for all.</param>
/// <param name="Owners">With commas between; null for all.</param>
/// <param name="Sources">With commas between; null for all.</param>
/// <param name="Moment">The number of an operation, counted round; null for the present.</param>
/// <param name="Between">A little behind that operation.</param>
/// <param name="Currency">What amounts are converted into; null where they aren't.</param>
internal sealed record Question(string Report, string? GroupBy, int From, int To, int? Pipeline, string? Owners, string? Sources, int? Moment, bool Between, string? Currency)
{
    private static readonly TimeSpan Little = TimeSpan.FromMilliseconds(300);

    /// <summary>The instant that it is about.</summary>
    public DateTimeOffset When(Ledger ledger, DateTimeOffset now)
    {
        if (Moment is not { } moment || ledger.Instants.Count == 0) return now;
        var at = ledger.Instants[moment % ledger.Instants.Count] + (Between ? Little : TimeSpan.Zero);
        return at < now ? at : now;
    }

    /// <summary>Where its answer is, with the instant or, as of the present, without.</summary>
    public string Url(Ledger ledger, DateTimeOffset at, bool saysWhen)
    {
        var circumstances = ledger.On(at);
        var today = circumstances.DayOf(at);
        List<string> parameters = [];
        Add("groupBy", GroupBy);
        if (Report != "pipeline")
        {
            Add("from", today.AddDays(From).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            Add("to", today.AddDays(To).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        Add("pipelineId", Pipeline is { } number ? circumstances.Pipelines[number].Id.ToString() : null);
        Add("ownerId", Owners);
        Add("source", Sources);
        Add("currency", Currency);
        Add("asOf", saysWhen ? InstantConverter.Format(at) : null);
        return parameters.Count == 0 ? $"/api/analytics/{Report}" : $"/api/analytics/{Report}?{string.Join('&', parameters)}";

        void Add(string name, string? value)
        {
            if (value is not null) parameters.Add($"{name}={Uri.EscapeDataString(value)}");
        }
    }
}
