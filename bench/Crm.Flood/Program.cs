using System.Globalization;
using Crm.Flood;

// Crm.Flood URL KEY [SECONDS [ROUNDS]]: quiet and flooded phases in turn over a running service; prints Markdown.
var address = new Uri(args[0]);
var key = args[1];
var seconds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 15;
var rounds = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 3;

const int Others = 8;
const int OthersPerSecond = 10;
const int FloodPerSecond = 1000; // ten times the 6000 a minute that a tenant may
const int FloodUsers = 20;

using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512 }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
var others = Enumerable.Range(0, Others).Select(_ => new Caller(http, Guid.CreateVersion7(), "ada", key)).ToList();
var flooding = Guid.CreateVersion7();
var flooders = Enumerable.Range(0, FloodUsers).Select(i => new Caller(http, flooding, $"user-{i}", key)).ToList();
foreach (var caller in others.Concat(flooders)) await caller.AskAsync(0);
await PhaseAsync(others, OthersPerSecond, 5); // warm

var phases = new List<(string Name, Seen Others, Seen? Flood)>();
for (var round = 0; round < rounds; round++)
{
    phases.Add(("quiet", await PhaseAsync(others, OthersPerSecond, seconds), null));
    var flood = PhaseAsync(flooders, FloodPerSecond / FloodUsers, seconds);
    phases.Add(("flood", await PhaseAsync(others, OthersPerSecond, seconds), await flood));
    await Task.Delay(TimeSpan.FromSeconds(3));
}

Console.WriteLine("| phase | requests of the others | errors | p50 ms | p99 ms | requests of the flood | refused with 429 |");
Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
foreach (var (name, seen, flood) in phases)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {seen.Count} | {seen.Errors} | {seen.Percentile(50):0.0} | {seen.Percentile(99):0.0} | {flood?.Count} | {flood?.Refused} |"));
}

Console.WriteLine();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Ratio of flood to quiet, medians of {rounds} rounds: p50 {Ratio(50):0.00}, p99 {Ratio(99):0.00}; errors of the others: {phases.Sum(phase => phase.Others.Errors)}."));
return phases.Sum(phase => phase.Others.Errors) == 0 && Ratio(99) <= 2 ? 0 : 1;

double Ratio(int percent) => Median("flood", percent) / Median("quiet", percent);

double Median(string name, int percent) => phases.Where(phase => phase.Name == name).Select(phase => phase.Others.Percentile(percent)).Order().ElementAt(rounds / 2);

// Requests leave at their time whether or not those before are answered, so that a slow answer hides no other.
static async Task<Seen> PhaseAsync(IReadOnlyList<Caller> callers, int perSecond, int seconds)
{
    var seen = new Seen();
    await Task.WhenAll(callers.Select((caller, i) => Task.Run(async () =>
    {
        var sent = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        await Task.Delay(i * 7);
        for (var n = 0; n < perSecond * seconds && await timer.WaitForNextTickAsync(); n++)
        {
            var kind = n;
            sent.Add(seen.MeasureAsync(() => caller.AskAsync(kind)));
        }

        await Task.WhenAll(sent);
    })));
    return seen;
}
