using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crm.Bench;

// Crm.Workflows NAME URL KEY WORKER [LEADS]: fills the log of a tenant with 20 active workflows while nobody reads it, starts the worker (the path of Crm.Api.dll, with the service's environment), and takes
// the time until the consumer has looked at every event, and until every run is done. Prints a row of a Markdown table.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Workflows = 20;
const int Writers = 8;
string[] events = ["lead.created", "lead.updated"];
var leads = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 5000;
var tenant = Guid.CreateVersion7();
var token = Token.Of(tenant, "ada", args[2]);
using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri(args[1]), Timeout = TimeSpan.FromSeconds(60) };

// Each asks three members of the record; of a hundred leads twenty begin a run each, of one step.
for (var i = 0; i < Workflows; i++)
{
    var condition = new { all = new object[] { new { field = "source", @is = i % 2 == 0 ? "WEBSITE" : "REFERRAL" }, new { field = "estimatedValue", greaterThan = 1000 }, new { field = "companyName", contains = $"Company {i:00}" } } };
    var made = await SendAsync(HttpMethod.Post, "/api/automation/workflows", new { name = $"Workflow {i}", trigger = new { events }, condition, actions = new object[] { new { type = "CREATE_TASK", text = "Call {lastName}", minutes = 60 } } });
    await SendAsync(HttpMethod.Post, $"/api/automation/workflows/{made.GetProperty("id").GetString()}/activate", null);
}

var next = 0;
await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
{
    while (Interlocked.Increment(ref next) is var n && n <= leads) await SendAsync(HttpMethod.Post, "/api/leads", new { lastName = $"Lead {n}", source = n % 2 == 0 ? "WEBSITE" : "REFERRAL", estimatedValue = 5000, companyName = n % 5 == 0 ? $"Company {n % Workflows:00}" : $"Others {n}", ownerId = "me" });
}));

var start = new ProcessStartInfo("dotnet", [args[3], "worker"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
using var worker = Process.Start(start)!;
worker.OutputDataReceived += (_, _) => { };
worker.ErrorDataReceived += (_, _) => { };
worker.BeginOutputReadLine();
worker.BeginErrorReadLine();
try
{
    var (begun, looked, done) = (0L, TimeSpan.Zero, TimeSpan.Zero);
    while (done == TimeSpan.Zero)
    {
        var consumer = (await SendAsync(HttpMethod.Get, "/api/events/consumers", null)).GetProperty("items").EnumerateArray().FirstOrDefault(one => one.GetProperty("name").GetString() == "workflows");
        if (consumer.ValueKind == JsonValueKind.Undefined)
        {
            await Task.Delay(5);
            continue;
        }

        var position = long.Parse(consumer.GetProperty("position").GetString()!, CultureInfo.InvariantCulture);
        if (begun == 0 && position > 0) begun = Stopwatch.GetTimestamp();
        if (looked == TimeSpan.Zero && position >= leads && consumer.GetProperty("behind").GetInt64() == 0) looked = Stopwatch.GetElapsedTime(begun);
        if (looked > TimeSpan.Zero && (await SendAsync(HttpMethod.Get, "/api/automation/runs?take=1&state=RUNNING", null)).GetProperty("items").GetArrayLength() == 0) done = Stopwatch.GetElapsedTime(begun);
        await Task.Delay(20);
    }

    var runs = (await SendAsync(HttpMethod.Get, "/api/automation/runs?take=1&total=exact&state=DONE", null)).GetProperty("total").GetInt32();
    Console.WriteLine($"| {args[0]} | {leads} | {runs} | {leads / looked.TotalSeconds:0} | {runs / done.TotalSeconds:0} |");
}
finally
{
    worker.Kill();
    await worker.WaitForExitAsync();
}

async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body)
{
    using var request = new HttpRequestMessage(method, path);
    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
    request.Headers.Add("X-Tenant-Id", tenant.ToString());
    if (body is not null) request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
    using var answer = await http.SendAsync(request);
    var text = await answer.Content.ReadAsStringAsync();
    return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created ? JsonSerializer.Deserialize<JsonElement>(text) : throw new InvalidOperationException($"{path} was answered with {answer.StatusCode}: {text}");
}
