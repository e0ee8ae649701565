using Crm.Api.Http;
using Crm.Contracts.Analytics;
using Crm.Contracts.Lists;
using Crm.Services.Analytics;

namespace Crm.Api.Analytics;

/// <summary>A report in the form that was asked for.</summary>
internal static class ReportCsv
{
    public static async Task<IResult> OrAsync<T>(ReportQuery query, string name, KeptReport<T> report, CancellationToken ct) where T : ReportView =>
        query.Format == ListFormat.Json ? new FoundJson(report.Json) : await OfAsync(name, report.Read(), ct);

    public static async Task<IResult> OfAsync(string name, ReportView report, CancellationToken ct)
    {
        var table = ReportTable.Of(report);
        return await Csv.BeginAsync(name, table.Header, table.Rows.ToAsyncEnumerable(), ct);
    }
}
