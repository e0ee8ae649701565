using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Tests.Conversion;

/// <summary>A registry that a test can make misbehave. Left alone, it makes a customer once for each key; with keys ignored, each time.</summary>
internal sealed class StubRegistry : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, string> byKey = new(StringComparer.Ordinal);

    private StubRegistry(WebApplication app, string path)
    {
        this.app = app;
        Path = path;
        GetWell();
    }

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + Path);

    /// <summary>What stands before its paths.</summary>
    public string Path { get; }

    /// <summary>What was made, with its reference: more than one of a reference is one too many.</summary>
    public ConcurrentBag<(string Id, string Reference)> Made { get; } = [];

    /// <summary>All that was asked: method, path, headers, body.</summary>
    public ConcurrentQueue<(string Method, string Path, IHeaderDictionary Headers, string Body)> Asked { get; } = new();

    public bool IgnoresKeys { get; set; }

    /// <summary>What to answer instead, before anything is made; null from it to go on.</summary>
    public Func<HttpContext, Task<IResult?>> Before { get; set; }

    /// <summary>What to do after a customer was made, before it is told.</summary>
    public Func<HttpContext, Task> AfterMaking { get; set; }

    public int Posts => Asked.Count(ask => ask.Method == "POST");

    /// <summary>The methods by which it was asked for a tenant, the first first.</summary>
    public List<string> MethodsFor(Guid tenantId) => [.. Asked.Where(ask => ask.Headers["X-Tenant-Id"] == tenantId.ToString()).Select(ask => ask.Method)];

    /// <summary>The ids of the customers that were made of a lead.</summary>
    public List<string> MadeOf(Guid leadId) => [.. Made.Where(made => made.Reference == $"lead:{leadId}").Select(made => made.Id)];

    /// <summary>No longer misbehaves.</summary>
    [MemberNotNull(nameof(Before), nameof(AfterMaking))]
    public void GetWell()
    {
        IgnoresKeys = false;
        Before = _ => Task.FromResult<IResult?>(null);
        AfterMaking = _ => Task.CompletedTask;
    }

    /// <summary>Answers all who want a customer made with something else.</summary>
    public void AnswerPosts(Func<HttpContext, IResult> answer) =>
        Before = context => Task.FromResult(HttpMethods.IsPost(context.Request.Method) ? answer(context) : null);

    /// <summary>Never answers until the caller is gone.</summary>
    public static async Task<IResult?> HangAsync(HttpContext context)
    {
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
        return null;
    }

    /// <param name="path">What stands before its paths.</param>
    /// <param name="port">Where it listens; by default anywhere.</param>
    public static async Task<StubRegistry> StartAsync(string path = "", int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var registry = builder.Build();
        registry.Urls.Add($"http://127.0.0.1:{port}");
        var stub = new StubRegistry(registry, path);
        registry.MapPost($"{path}/api/customers", (Delegate)stub.RegisterAsync);
        registry.MapGet($"{path}/api/customers", (Delegate)stub.FindAsync);
        await registry.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> RegisterAsync(HttpContext context)
    {
        var body = await NoteAsync(context);
        if (await Before(context) is { } instead) return instead;
        var reference = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("externalReference").GetString()!;
        var id = IgnoresKeys ? Make() : byKey.GetOrAdd(context.Request.Headers["Idempotency-Key"].ToString(), _ => Make());
        await AfterMaking(context);
        return Results.Json(new { id }, statusCode: 201);

        string Make()
        {
            var made = $"customer-{Guid.CreateVersion7():N}";
            Made.Add((made, reference));
            return made;
        }
    }

    private async Task<IResult> FindAsync(HttpContext context)
    {
        await NoteAsync(context);
        if (await Before(context) is { } instead) return instead;
        var reference = context.Request.Query["externalReference"].ToString();
        return Results.Json(new { items = Made.Where(made => made.Reference == reference).Select(made => new { id = made.Id }) });
    }

    private async Task<string> NoteAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        Asked.Enqueue((context.Request.Method, context.Request.Path, new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value)), body));
        return body;
    }
}
