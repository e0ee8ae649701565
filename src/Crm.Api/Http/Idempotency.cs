using System.Security.Cryptography;
using System.Text.Json;
using Crm.Api.Edge;
using Crm.Contracts.Failures;
using Crm.Services.Idempotency;

namespace Crm.Api.Http;

/// <summary>
/// An endpoint that commits in steps, and between them asks others: it isn't one transaction with its kept answer. Asked again after a
/// crash it goes on from where it was, so that it happens once nevertheless.
/// </summary>
internal sealed record OwnTransactions;

/// <summary>A POST with an <c>Idempotency-Key</c> happens once; asked again, the first answer comes back byte for byte.</summary>
internal static class Idempotency
{
    private const string Header = "Idempotency-Key";
    private const int MaxLength = 255;
    private static readonly string[] KeptHeaders = ["Content-Type", "Location", "ETag", "Cache-Control"];

    public static void UseIdempotency(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.Headers.TryGetValue(Header, out var header) || context.GetEndpoint()?.Metadata.GetMetadata<Auth.RequiredRole>() is null)
        {
            await next(context);
            return;
        }

        if (header.Count != 1 || header[0] is not { Length: > 0 and <= MaxLength } key || key.Any(c => c is < ' ' or > '~'))
        {
            throw CrmException.Invalid(Header, $"must be one key of 1 to {MaxLength} printable characters");
        }

        var request = new RequestKey(context.Request.Method, context.Request.Path, key, await HashBodyAsync(context));
        var service = context.RequestServices.GetRequiredService<IdempotencyService>();
        var isSecret = context.GetEndpoint()?.Metadata.GetMetadata<SecretAnswer>() is not null;
        if (context.GetEndpoint()?.Metadata.GetMetadata<OwnTransactions>() is not null)
        {
            await SendAsync(context, await service.OnceInStepsAsync(request, () => RunAsync(context, next, sealedBy: null), context.RequestAborted));
            return;
        }

        Answer answer;
        try
        {
            answer = await service.OnceAsync(request, () => RunAsync(context, next, isSecret ? key : null), context.RequestAborted);
        }
        catch (UnkeptAnswerException e)
        {
            answer = e.Answer;
        }

        await SendAsync(context, isSecret ? answer with { Body = SealedAnswers.Open(context, key, answer.Body) } : answer);
    });

    private static async Task<string> HashBodyAsync(HttpContext context)
    {
        context.Request.EnableBuffering(bufferThreshold: ServerLimits.MaxBodyBytes);
        var hash = await SHA256.HashDataAsync(context.Request.Body, context.RequestAborted);
        context.Request.Body.Position = 0;
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>Runs the request with its answer held back, also the answer of a failure; sealed, where there is a key to seal it by.</summary>
    private static async Task<Answer> RunAsync(HttpContext context, RequestDelegate next, string? sealedBy)
    {
        var wire = context.Response.Body;
        var mayWorkSoon = false;
        using var held = new MemoryStream();
        context.Response.Body = held;
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            held.SetLength(0);
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Crm.Requests");
            var failure = Problems.Of(context, e, logger);
            mayWorkSoon = failure.Code == FailureCodes.Contended;
            await Problems.WriteAsync(context, failure);
        }
        finally
        {
            context.Response.Body = wire;
        }

        var headers = KeptHeaders.Where(name => context.Response.Headers.ContainsKey(name)).ToDictionary(name => name, name => context.Response.Headers[name].ToString(), StringComparer.Ordinal);
        return new Answer(context.Response.StatusCode, JsonSerializer.Serialize(headers), sealedBy is null ? held.ToArray() : SealedAnswers.Seal(context, sealedBy, held.ToArray()), IsKept(context.Response.StatusCode) && !mayWorkSoon);
    }

    /// <summary>What was done, and what the state of things refused. Input that was wrong, and what may work in a moment, leave the key free.</summary>
    private static bool IsKept(int status) => status is >= 200 and < 300 or 403 or 404 or 409 or 412 or 422;

    private static async Task SendAsync(HttpContext context, Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(answer.Headers)!) context.Response.Headers[name] = value;
        context.Response.ContentLength = answer.Body.Length;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
