using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Crm.Conversions;

// Crm.Conversions NAME URL KEY [LEADS [ROUNDS]]: converts leads over a running service, one by one, with deals and all at once; prints rows of a Markdown table.
var name = args[0];
using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri(args[1]), Timeout = TimeSpan.FromSeconds(60) };
var leads = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 400;
var rounds = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 3;
const int Callers = 8;
const int Most = 500;

await OneByOneAsync("null", Callers, Math.Min(leads, 100)); // warm
for (var round = 0; round < rounds; round++)
{
    Print("one at a time, one caller", await OneByOneAsync("null", 1, leads / 4));
    Print($"{Callers} callers", await OneByOneAsync("null", Callers, leads));
    Print($"{Callers} callers, with deals", await OneByOneAsync("{}", Callers, leads));
    Print($"in one request of {Math.Min(leads, Most)}", await TogetherAsync(Math.Min(leads, Most)));
}

void Print(string how, (int Count, double Seconds, IReadOnlyList<double> Times) seen) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"| {name} | {how} | {seen.Count} | {seen.Count / seen.Seconds:0} | {(seen.Times.Count == 0 ? "" : $"{Percentile(seen.Times, 50):0.0}")} | {(seen.Times.Count == 0 ? "" : $"{Percentile(seen.Times, 99):0.0}")} |"));

static double Percentile(IReadOnlyList<double> times, int percent) => times.Order().ElementAt(Math.Min(times.Count - 1, times.Count * percent / 100));

// A tenant of its own each time, so that no measurement works on another's rows.
async Task<(int Count, double Seconds, IReadOnlyList<double> Times)> OneByOneAsync(string deal, int callers, int count)
{
    var tenant = new Tenant(http, args[2]);
    var made = new Stack<string>(await tenant.MakeLeadsAsync(count));
    var times = new List<double>();
    var begun = Stopwatch.GetTimestamp();
    await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
    {
        while (Next() is { } lead)
        {
            var start = Stopwatch.GetTimestamp();
            var (status, body) = await tenant.SendAsync(HttpMethod.Post, $"/api/leads/{lead}/convert", deal == "null" ? null : $$"""{"deal":{{deal}}}""");
            if (status != HttpStatusCode.OK) throw new InvalidOperationException($"A conversion was answered with {status}: {body}");
            lock (times) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }));
    return (count, Stopwatch.GetElapsedTime(begun).TotalSeconds, times);

    string? Next()
    {
        lock (made) return made.TryPop(out var lead) ? lead : null;
    }
}

// Until the last is converted, also those that go on after the answer.
async Task<(int Count, double Seconds, IReadOnlyList<double> Times)> TogetherAsync(int count)
{
    var tenant = new Tenant(http, args[2]);
    var made = await tenant.MakeLeadsAsync(count);
    var begun = Stopwatch.GetTimestamp();
    var body = JsonSerializer.Serialize(new { ids = made });
    while (true)
    {
        var (status, answer) = await tenant.SendAsync(HttpMethod.Post, "/api/leads/convert", body);
        if (status != HttpStatusCode.OK) throw new InvalidOperationException($"Conversions were answered with {status}: {answer}");
        using var outcomes = JsonDocument.Parse(answer);
        if (outcomes.RootElement.GetProperty("items").EnumerateArray().All(item => item.GetProperty("state").GetString() == "COMPLETED")) break;
    }

    return (count, Stopwatch.GetElapsedTime(begun).TotalSeconds, []);
}
