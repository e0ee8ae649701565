using System.Net;
using System.Text.Json;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Tests.Kit;
using Shouldly;

namespace Crm.Tests.Analytics;

/// <summary>Reports as a client asks for them and reads them.</summary>
internal static class ReportCalls
{
    public static T As<T>(this Answer answer) => JsonSerializer.Deserialize<T>(answer.Bytes, CrmJson.Options)!;

    public static async Task<Answer> FoundAsync(this Client client, string url)
    {
        var answer = await client.GetAsync(url);
        answer.Status.ShouldBe(HttpStatusCode.OK, $"{url}: {answer.Text}");
        return answer;
    }

    public static ReportView Report(this Answer answer, string report) => report switch
    {
        "pipeline" => answer.As<PipelineReport>(),
        "forecast" => answer.As<ForecastReport>(),
        "win-rate" => answer.As<WinRateReport>(),
        "funnel" => answer.As<FunnelReport>(),
        "stages" => answer.As<StageTimesReport>(),
        "velocity" => answer.As<VelocityReport>(),
        _ => answer.As<MovementReport>(),
    };

    /// <summary>Lets a check that fails tell what it was about.</summary>
    public static void About(string url, Action check)
    {
        try
        {
            check();
        }
        catch (ShouldAssertException failed)
        {
            throw new InvalidOperationException($"{url}\n{failed.Message}", failed);
        }
    }
}
