using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Tests.Webhooks;

/// <summary>What an endpoint was sent.</summary>
internal sealed record Sent(string Path, IHeaderDictionary Headers, string Body, DateTimeOffset At)
{
    public string Id => Headers["webhook-id"].ToString();

    public long Timestamp => long.Parse(Headers["webhook-timestamp"].ToString(), System.Globalization.CultureInfo.InvariantCulture);

    public string[] Signatures => Headers["webhook-signature"].ToString().Split(' ');

    public string Type => Json.GetProperty("type").GetString()!;

    public System.Text.Json.JsonElement Json => System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(Body);
}

/// <summary>A receiver of webhooks that a test can make misbehave, at a path of its own for each webhook. Left alone, it takes everything.</summary>
internal sealed class StubEndpoint : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task<IResult>>> answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Sent> sent = new();
    private int connections;

    private StubEndpoint(WebApplication app) => this.app = app;

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>How often somebody connected.</summary>
    public int Connections => Volatile.Read(ref connections);

    public static async Task<StubEndpoint> StartAsync()
    {
        StubEndpoint? stub = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Use(next => connection =>
        {
            Interlocked.Increment(ref stub!.connections);
            return next(connection);
        })));
        var endpoint = builder.Build();
        stub = new StubEndpoint(endpoint);
        endpoint.Map("/{**path}", (Delegate)stub.ReceiveAsync);
        await endpoint.StartAsync();
        return stub;
    }

    /// <summary>A path that nobody else has.</summary>
    public string NewUrl() => $"{Address}hooks/{Guid.CreateVersion7():N}";

    /// <summary>All that was sent to an URL, in the order in which it came.</summary>
    public List<Sent> SentTo(string url) => [.. sent.Where(one => one.Path == new Uri(url).AbsolutePath)];

    public void Answer(string url, int status, params (string Name, string Value)[] headers) => Answer(url, context =>
    {
        foreach (var (name, value) in headers) context.Response.Headers[name] = value;
        return Task.FromResult(Results.StatusCode(status));
    });

    public void Answer(string url, Func<HttpContext, Task<IResult>> answer) => answers[new Uri(url).AbsolutePath] = answer;

    /// <summary>Takes everything again.</summary>
    public void GetWell(string url) => answers.TryRemove(new Uri(url).AbsolutePath, out _);

    /// <summary>Never answers until the caller is gone.</summary>
    public static async Task<IResult> HangAsync(HttpContext context)
    {
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Results.Empty;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        sent.Enqueue(new Sent(context.Request.Path, new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase)), await reader.ReadToEndAsync(), TimeProvider.System.GetUtcNow()));
        return answers.TryGetValue(context.Request.Path, out var answer) ? await answer(context) : Results.NoContent();
    }
}
