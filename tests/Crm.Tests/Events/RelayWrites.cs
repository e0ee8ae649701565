using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Crm.Tests.Kit;

namespace Crm.Tests.Events;

/// <summary>Mixed writes of several tenants and records over HTTP, at a steady pace, and which changes were acknowledged.</summary>
internal sealed class RelayWrites(IReadOnlyList<Client> users, Uri address)
{
    private const int Writers = 8;
    private const int PerSecond = 100;

    private readonly ConcurrentQueue<(Guid TenantId, Guid Record, int Version)> acknowledged = new();
    private int failed;
    private int begun;

    /// <summary>The version that each answer named.</summary>
    public IReadOnlyCollection<(Guid TenantId, Guid Record, int Version)> Acknowledged => acknowledged;

    /// <summary>How many were answered by anything but that they are done.</summary>
    public int Failed => failed;

    /// <summary>How many were begun.</summary>
    public int Begun => begun;

    /// <summary>Writes as many as this.</summary>
    public Task WriteAsync(int count)
    {
        var (end, since) = (begun + count, Stopwatch.StartNew());
        return WriteWhileAsync(number => number < end, since);
    }

    /// <summary>Writes until it is told to stop.</summary>
    public Task WriteUntilAsync(CancellationToken ct) => WriteWhileAsync(_ => !ct.IsCancellationRequested, Stopwatch.StartNew());

    private Task WriteWhileAsync(Func<int, bool> goesOn, Stopwatch since)
    {
        var first = begun;
        return Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var user = users[writer % users.Count];
            using var http = new HttpClient { BaseAddress = address };
            foreach (var (name, value) in new[] { user.Bearer(), PlainRequests.Tenant(user.TenantId) }) http.DefaultRequestHeaders.Add(name, value);
            var records = new List<(string Collection, Guid Id)>();
            while (true)
            {
                var number = Interlocked.Increment(ref begun) - 1;
                if (!goesOn(number))
                {
                    Interlocked.Decrement(ref begun);
                    return;
                }

                var early = TimeSpan.FromSeconds((double)(number - first) / PerSecond) - since.Elapsed;
                if (early > TimeSpan.Zero) await Task.Delay(early);
                await WriteOneAsync(http, user.TenantId, records, number);
            }
        })));
    }

    /// <summary>Two in five make a record, the others change one of those that the writer has made.</summary>
    private async Task WriteOneAsync(HttpClient http, Guid tenantId, List<(string Collection, Guid Id)> records, int number)
    {
        if (records.Count == 0 || number % 5 < 2)
        {
            var (collection, body) = (number % 3) switch
            {
                0 => ("leads", (object)new { lastName = $"Lovelace {number}" }),
                1 => ("deals", new { name = $"Engine {number}", value = number }),
                _ => ("tasks", new { title = $"Call {number}" }),
            };
            if (await SendAsync(http, tenantId, HttpMethod.Post, $"/api/{collection}", body) is { } id) records.Add((collection, id));
            return;
        }

        var (kind, record) = records[number * 7 % records.Count];
        await ((kind, number % 4) switch
        {
            ("deals", 0) => SendAsync(http, tenantId, HttpMethod.Put, $"/api/deals/{record}/stage", new { stage = number % 8 == 0 ? "PROPOSAL" : "QUALIFIED" }),
            ("tasks", 0) => SendAsync(http, tenantId, HttpMethod.Put, $"/api/tasks/{record}/complete", null),
            _ => SendAsync(http, tenantId, HttpMethod.Patch, $"/api/{kind}/{record}", new { description = $"Note {number}" }),
        });
    }

    private async Task<Guid?> SendAsync(HttpClient http, Guid tenantId, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await http.SendAsync(request);
        var answer = await Answer.ReadAsync(response);
        if (!response.IsSuccessStatusCode)
        {
            Interlocked.Increment(ref failed);
            return null;
        }

        acknowledged.Enqueue((tenantId, answer.Id, answer["version"].GetInt32()));
        return answer.Id;
    }
}
