using System.Diagnostics.Metrics;

namespace Crm.Services.Analytics;

/// <summary>How reports were answered, as <c>crm.reports.answers</c>: <c>made</c>, or <c>kept</c> where they were there already.</summary>
public sealed class ReportMeter : IDisposable
{
    public const string Name = "Crm.Reports";

    private readonly Meter meter;
    private readonly Counter<long> answers;

    public ReportMeter(IMeterFactory meters)
    {
        meter = meters.Create(Name);
        answers = meter.CreateCounter<long>("crm.reports.answers", "{report}", "Reports given, by whether they had to be made.");
    }

    public void Dispose() => meter.Dispose();

    internal void Answered(string report, bool isMade) =>
        answers.Add(1, new KeyValuePair<string, object?>("report", report), new KeyValuePair<string, object?>("outcome", isMade ? "made" : "kept"));
}
