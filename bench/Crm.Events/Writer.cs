using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crm.Bench;

namespace Crm.Events;

/// <summary>An admin of a tenant that nobody has seen yet, who writes leads.</summary>
internal sealed class Writer(HttpClient http, string key)
{
    public Guid TenantId { get; } = Guid.CreateVersion7();

    public string TokenOf(string user) => Token.Of(TenantId, user, key);

    /// <summary>Makes a lead, and tells its id, when it was sent and when it was answered.</summary>
    public async Task<(Guid Id, long Sent, long Answered)> WriteAsync(int n)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/leads");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf("ada"));
        request.Headers.Add("X-Tenant-Id", TenantId.ToString());
        request.Content = new StringContent($$"""{"firstName":"Ada","lastName":"Lovelace {{n}}","email":"ada.{{n}}@example.com","companyName":"Engines {{n}}","estimatedValue":{{n}}}""", Encoding.UTF8, "application/json");
        var sent = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        var answered = Stopwatch.GetTimestamp();
        if (answer.StatusCode != HttpStatusCode.Created) throw new InvalidOperationException($"A lead was answered with {answer.StatusCode}: {body}");
        using var lead = JsonDocument.Parse(body);
        return (lead.RootElement.GetProperty("id").GetGuid(), sent, answered);
    }

    public static HttpClient Client(Uri url, int connections = 64) =>
        new(new SocketsHttpHandler { MaxConnectionsPerServer = connections }) { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };

    public static double Percentile(IEnumerable<double> times, int percent)
    {
        var all = times.Order().ToList();
        return all[Math.Min(all.Count - 1, all.Count * percent / 100)];
    }
}
