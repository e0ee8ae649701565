using System.Diagnostics;
using System.Text.Json.Serialization;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Services;
using Microsoft.AspNetCore.Diagnostics;

namespace Crm.Api.Http;

/// <summary>A failure as a client gets it: RFC 9457.</summary>
public sealed record Problem
{
    /// <summary>Stable: <c>/problems/</c> and the code.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }
    public required int Status { get; init; }

    /// <summary>What was wrong, where, and what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>The path that was asked for.</summary>
    public required string Instance { get; init; }

    /// <summary>Stable, for programs.</summary>
    public required string Code { get; init; }

    /// <summary>Finds the request in the logs.</summary>
    public required string TraceId { get; init; }

    /// <summary>Faults of the input by JSON pointer, or by the name of a query parameter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Members that some codes add.</summary>
    [JsonExtensionData] public IDictionary<string, object>? Extensions { get; init; }
}

internal static partial class Problems
{
    public const string ContentType = "application/problem+json";

    public static void AddProblems(this IServiceCollection services)
    {
        services.AddExceptionHandler<ProblemHandler>();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
    }

    /// <summary>Every failure below becomes a problem, also one that only left a status.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask, SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages(context => WriteAsync(context.HttpContext, OfStatus(context.HttpContext)));
    }

    public static Task WriteAsync(HttpContext context, CrmException failure)
    {
        context.Response.StatusCode = (int)failure.Kind;
        if (failure.Kind == FailureKind.Unavailable) context.Response.Headers.RetryAfter = "5";
        if (failure.Code == FailureCodes.RequestInProgress) context.Response.Headers.RetryAfter = "1";
        if (failure.RetryAfter is { } wait) context.Response.Headers.RetryAfter = wait.TotalSeconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture);
        return WriteAsync(context, new Problem
        {
            Type = $"/problems/{failure.Code}",
            Title = Title(failure.Code),
            Status = (int)failure.Kind,
            Detail = failure.Message,
            Instance = context.Request.Path,
            Code = failure.Code,
            TraceId = TraceId(context),
            Errors = failure.Errors.Count > 0 ? failure.Errors : null,
            Extensions = failure.Extensions.Count > 0 ? new Dictionary<string, object>(failure.Extensions, StringComparer.Ordinal) : null,
        });
    }

    /// <summary>The failure that an exception tells of; one of ours that nobody foresaw is logged and says nothing of itself.</summary>
    public static CrmException Of(HttpContext context, Exception exception, ILogger logger)
    {
        if (ServicesRegistration.Translate(exception) is { } failure)
        {
            if (failure.Kind == FailureKind.Unavailable) LogUnavailable(logger, exception);
            return failure;
        }

        switch (exception)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new CrmException(FailureKind.TooLarge, FailureCodes.TooLarge, "The body is larger than 1 MiB.");
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return new CrmException((FailureKind)StatusCodes.Status408RequestTimeout, FailureCodes.TooSlow, "The body came in too slowly. Nothing was changed; send it again at once.");
            case BadHttpRequestException:
                return new CrmException(FailureKind.Invalid, FailureCodes.Validation, "The request can't be read.");
            default:
                LogUnforeseen(logger, exception, context.Request.Method, context.GetEndpoint()?.DisplayName);
                return new CrmException((FailureKind)StatusCodes.Status500InternalServerError, FailureCodes.Internal, "Something went wrong on our side. It was logged under this traceId; trying again is safe with an Idempotency-Key.");
        }
    }

    public static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    private static CrmException OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new CrmException(FailureKind.NotFound, FailureCodes.NotFound, "There is nothing at this path."),
        StatusCodes.Status405MethodNotAllowed => new CrmException((FailureKind)StatusCodes.Status405MethodNotAllowed, FailureCodes.MethodNotAllowed, $"{context.Request.Method} can't be done here; Allow says what can."),
        var status => new CrmException((FailureKind)status, FailureCodes.Validation, "The request can't be answered."),
    };

    private static Task WriteAsync(HttpContext context, Problem problem)
    {
        context.Response.Headers.CacheControl = "no-store";
        // Also to a caller who has left: a handler that fails here would leave the failure, with all that it tells, to the server's log.
        return context.Response.WriteAsJsonAsync(problem, CrmJson.Options, ContentType, CancellationToken.None);
    }

    public static string Title(string code)
    {
        var words = code.Replace('-', ' ');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Endpoint} failed in a way that nobody foresaw")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception, string method, string? endpoint);

    [LoggerMessage(LogLevel.Warning, "The database can't be reached")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);

    private sealed class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (httpContext.RequestAborted.IsCancellationRequested && exception is OperationCanceledException)
            {
                httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return true;
            }

            await WriteAsync(httpContext, Of(httpContext, exception, logger));
            return true;
        }
    }
}
