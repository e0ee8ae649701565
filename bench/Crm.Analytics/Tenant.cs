using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Crm.Bench;

namespace Crm.Analytics;

/// <summary>One of the two tenants that are asked for reports.</summary>
internal sealed class Tenant(HttpClient http, Guid id, string key, string repToken)
{
    /// <summary>The tenant that has 30 % of all deals.</summary>
    public static readonly Guid LargeId = new("00000000-0000-7000-8000-000000000001");

    /// <summary>The one that has as many as the mean tenant.</summary>
    public static readonly Guid TypicalId = new("00000000-0000-7000-8000-000000000002");

    private readonly string adminToken = Token.Of(id, "user-0", key);

    public Guid Id => id;

    /// <summary>Asks as the tenant's admin, or as a rep who sees the rep's own deals alone.</summary>
    public async Task<Answer> AskAsync(string path, bool asRep = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", asRep ? repToken : adminToken);
        request.Headers.Add("X-Tenant-Id", id.ToString());
        var sent = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        return new Answer(answer.StatusCode, body, Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
    }
}

/// <summary>What came back, and after how long.</summary>
internal sealed record Answer(HttpStatusCode Status, byte[] Body, double Milliseconds);
