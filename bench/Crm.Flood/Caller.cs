using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Crm.Bench;

namespace Crm.Flood;

/// <summary>A user of a tenant who asks for a list, makes a lead and reads it, in turn.</summary>
internal sealed class Caller(HttpClient http, Guid tenantId, string user, string key)
{
    private readonly string token = Token.Of(tenantId, user, key);
    private string? made;

    public async Task<HttpStatusCode> AskAsync(int kind)
    {
        using var request = (kind % 3) switch
        {
            0 => new HttpRequestMessage(HttpMethod.Get, "/api/leads?take=20"),
            1 => new HttpRequestMessage(HttpMethod.Post, "/api/leads") { Content = new StringContent("""{"lastName":"Lovelace"}""", Encoding.UTF8, "application/json") },
            _ => new HttpRequestMessage(HttpMethod.Get, made ?? "/api/me"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-Tenant-Id", tenantId.ToString());
        using var answer = await http.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.Created) made = answer.Headers.Location!.OriginalString;
        return answer.StatusCode;
    }
}

/// <summary>How requests were answered, and how fast.</summary>
internal sealed class Seen
{
    private readonly ConcurrentQueue<double> times = new();
    private int errors;
    private int refused;

    public int Count => times.Count;

    /// <summary>What was neither done nor refused by a limit, and for those who keep within the limits what was refused, too.</summary>
    public int Errors => errors + refused;

    public int Refused => refused;

    public async Task MeasureAsync(Func<Task<HttpStatusCode>> ask)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var status = await ask();
            if (status == HttpStatusCode.TooManyRequests) Interlocked.Increment(ref refused);
            else if (status is not (HttpStatusCode.OK or HttpStatusCode.Created)) Interlocked.Increment(ref errors);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            Interlocked.Increment(ref errors);
        }

        times.Enqueue(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    public double Percentile(int percent)
    {
        var sorted = times.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)];
    }
}
