using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;

namespace Crm.Events;

/// <summary>Many who watch the stream of one tenant: what they cost the service's memory, and how long an event takes to reach all of them.</summary>
internal static class ListenerRun
{
    private const int Events = 50;

    public static async Task RunAsync(string name, Uri url, string key, int process, int count)
    {
        using var http = Writer.Client(url, count + 16);
        var tenant = new Writer(http, key);
        for (var n = 0; n < Events; n++) await tenant.WriteAsync(n); // warm
        var before = MemoryOf(process);
        using var stop = new CancellationTokenSource();
        var arrivals = new ConcurrentQueue<(string Id, long At)>();
        var listening = 0;
        using var connecting = new SemaphoreSlim(16); // as many connect at once: each is a user of whom the service hears for the first time
        var listeners = Enumerable.Range(0, count).Select(n => ListenAsync($"user-{n}")).ToList();
        while (Volatile.Read(ref listening) < count)
        {
            if (listeners.Find(listener => listener.IsCompleted) is { } ended) await ended;
            await Task.Delay(20);
        }

        var with = MemoryOf(process);

        var answered = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var n = 0; n < Events; n++)
        {
            var write = await tenant.WriteAsync(n);
            answered[$"leads/{write.Id}"] = write.Answered;
            await Task.Delay(100);
        }

        var patience = Stopwatch.StartNew();
        while (arrivals.Count < count * Events && patience.Elapsed < TimeSpan.FromSeconds(60)) await Task.Delay(20);
        var times = arrivals.Where(a => answered.ContainsKey(a.Id)).Select(a => Stopwatch.GetElapsedTime(answered[a.Id], a.At).TotalMilliseconds).ToList();
        var after = MemoryOf(process);
        await stop.CancelAsync();
        await Task.WhenAll(listeners).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Console.WriteLine($"| {name} | {count} | {before:0} | {with:0} | {after:0} | {(with - before) * 1024 / count:0} | {times.Count} of {count * Events} | {Writer.Percentile(times, 50):0} | {Writer.Percentile(times, 99):0} |");

        async Task ListenAsync(string user)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/events/stream");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tenant.TokenOf(user));
            request.Headers.Add("X-Tenant-Id", tenant.TenantId.ToString());
            await connecting.WaitAsync(stop.Token);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            response.EnsureSuccessStatusCode();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(stop.Token));
            await reader.ReadLineAsync(stop.Token); // of the first heartbeat
            connecting.Release();
            Interlocked.Increment(ref listening);
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                if (!line.StartsWith("data: {", StringComparison.Ordinal)) continue;
                var begin = line.IndexOf("\"subject\":\"", StringComparison.Ordinal) + "\"subject\":\"".Length;
                arrivals.Enqueue((line[begin..line.IndexOf('"', begin)], Stopwatch.GetTimestamp()));
            }
        }
    }

    /// <summary>What the process holds of the machine's memory, in MiB.</summary>
    private static double MemoryOf(int process)
    {
        using var seen = Process.GetProcessById(process);
        return seen.WorkingSet64 / 1024d / 1024;
    }
}
