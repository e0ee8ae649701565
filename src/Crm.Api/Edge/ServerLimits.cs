using Crm.Contracts.Failures;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Crm.Api.Edge;

/// <summary>An endpoint whose answers may take their time, as they are sent while they are made.</summary>
internal sealed record Unhurried;

/// <summary>How much of a request is listened to, how long it may take to come in, and how long to be answered.</summary>
internal static class ServerLimits
{
    public const int MaxBodyBytes = 1024 * 1024;
    private const int RequestLineBytes = 8 * 1024;
    private const int HeaderBytes = 32 * 1024;
    private const int HeaderCount = 100;

    /// <summary>How long a body may dawdle before its speed counts.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static void AddServerLimits(this WebApplicationBuilder builder, EdgeSettings settings) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        kestrel.Limits.MaxRequestLineSize = RequestLineBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = HeaderCount;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(settings.HeaderSeconds);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(settings.KeepAliveSeconds);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(settings.BodyBytesPerSecond, Grace);
        kestrel.Limits.MaxConcurrentConnections = settings.Connections == 0 ? null : settings.Connections;
    });

    /// <summary>Stops a request that takes too long, and what it asked of the database.</summary>
    public static void UseRequestTime(this WebApplication app)
    {
        if (app.Services.GetRequiredService<EdgeSettings>().RequestSeconds is not (> 0 and var seconds)) return;
        app.Use(async (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<Unhurried>() is not null)
            {
                await next(context);
                return;
            }

            var caller = context.RequestAborted;
            using var time = CancellationTokenSource.CreateLinkedTokenSource(caller);
            time.CancelAfter(TimeSpan.FromSeconds(seconds));
            context.RequestAborted = time.Token;
            try
            {
                await next(context);
            }
            catch (Exception e) when (e is not CrmException && time.IsCancellationRequested && !caller.IsCancellationRequested && !context.Response.HasStarted)
            {
                throw new CrmException(FailureKind.Unavailable, FailureCodes.RequestTimeout, $"The request took longer than {seconds} s and was stopped. Whether it took effect isn't known: trying again is safe with an Idempotency-Key or If-Match. Ask for less at once.");
            }
            finally
            {
                context.RequestAborted = caller;
            }
        });
    }
}
