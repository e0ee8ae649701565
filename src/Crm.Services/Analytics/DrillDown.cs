using System.Globalization;
using System.Text;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;

namespace Crm.Services.Analytics;

/// <summary>Where that is what a figure counts: under the report's own filters and at its instant, narrowed to a part of it.</summary>
internal sealed record DrillDown(ReportQuery Query, DateTimeOffset AsOf)
{
    private IReadOnlyList<(string Name, string Value)> Parts { get; init; } = [];

    public DrillDown With(string name, string value) => this with { Parts = [.. Parts.Where(part => part.Name != name), (name, value)] };

    public DrillDown Between(DateOnly from, DateOnly to) => With("from", Text(from)).With("to", Text(to));

    public DrillDown OfOwner(string? ownerId) => With("ownerId", ownerId ?? "none");

    public string To(DealFigure figure) => To($"deals?figure={EnumNames<DealFigure>.Of(figure)}&", Query.Currency);

    public string To(LeadFigure figure) => To($"leads/counted?figure={EnumNames<LeadFigure>.Of(figure)}&");

    public string To(TaskFigure figure) => To($"tasks/counted?figure={EnumNames<TaskFigure>.Of(figure)}&");

    public string ToActivities() => To("activities/counted?");

    /// <param name="list">Where the list is.</param>
    /// <param name="currency">Of a list with amounts: what they are converted into; null for that they aren't.</param>
    private string To(string list, string? currency = null)
    {
        var url = new StringBuilder("/api/analytics/").Append(list).Append("asOf=").Append(Uri.EscapeDataString(InstantConverter.Format(AsOf)));
        Append(url, "pipelineId", Query.PipelineId?.Select(id => id.ToString()));
        Append(url, "ownerId", Query.OwnerId);
        Append(url, "source", Query.Source?.Select(source => EnumNames<Contracts.Leads.LeadSource>.Of(source)));
        Append(url, "currency", currency is null ? null : [currency]);
        foreach (var (name, value) in Parts) Append(url, name, [value], isPart: true);
        return url.ToString();
    }

    private void Append(StringBuilder url, string name, IEnumerable<string>? values, bool isPart = false)
    {
        if (values is null || (!isPart && Parts.Any(part => part.Name == name))) return;
        foreach (var value in values) url.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    private static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
