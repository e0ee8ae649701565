using System.Net;

namespace Crm.Analytics;

/// <summary>How requests for one report were answered.</summary>
internal sealed class Seen
{
    private readonly List<Answer> answers = [];

    public void Add(Answer answer) => answers.Add(answer);

    /// <summary>How many times as long as another's half of these took; nothing where one of them had no report.</summary>
    public string Over(Seen other) => Failure is null && other.Failure is null ? $"{Percentile(50) / other.Percentile(50):0.0}" : "";

    /// <summary>Cells of a table: half of them took that long, and 95 of 100; or with which status it was refused.</summary>
    public string Times => Failure is { } status ? $"{(int)status} | " : $"{Percentile(50):0.0} | {Percentile(95):0.0}";

    public string Half => Failure is { } status ? $"{(int)status}" : $"{Percentile(50):0.0}";

    public string Bytes => Failure is null ? $"{answers[0].Body.Length}" : "";

    private HttpStatusCode? Failure => answers.Find(answer => answer.Status != HttpStatusCode.OK)?.Status;

    private double Percentile(int percent) => answers.Select(answer => answer.Milliseconds).Order().ElementAt(Math.Min(answers.Count - 1, answers.Count * percent / 100));
}
