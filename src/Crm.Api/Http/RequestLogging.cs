using System.Diagnostics;
using Crm.Services.Tenancy;
using Microsoft.AspNetCore.Diagnostics;

namespace Crm.Api.Http;

/// <summary>One line a request: ids, never names, addresses or tokens. In production only failures of ours, at Warning.</summary>
internal static partial class RequestLogging
{
    public static void AddRequestLogging(this WebApplicationBuilder builder) => builder.Logging.Quieten(builder.Environment);

    public static void Quieten(this ILoggingBuilder logging, IHostEnvironment environment)
    {
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        logging.AddFilter("Microsoft.AspNetCore.Authentication", LogLevel.Error);
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None); // what fails is told once, by whoever handles it
        if (!environment.IsDevelopment()) logging.AddFilter("Crm", LogLevel.Warning);
    }

    public static void UseRequestLogging(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Crm.Requests");
        app.Use(async (context, next) =>
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                await next(context);
            }
            finally
            {
                Log(logger, context, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        });
    }

    private static void Log(ILogger logger, HttpContext context, double milliseconds)
    {
        var failed = context.Response.StatusCode >= StatusCodes.Status500InternalServerError;
        if (!logger.IsEnabled(failed ? LogLevel.Warning : LogLevel.Information)) return;
        var caller = context.RequestServices.GetRequiredService<Caller>();
        var route = ((context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint()) as RouteEndpoint)?.RoutePattern.RawText ?? "(none)";
        if (failed) LogFailed(logger, context.Request.Method, route, context.Response.StatusCode, milliseconds, caller.TenantId, caller.UserId, Problems.TraceId(context));
        else LogDone(logger, context.Request.Method, route, context.Response.StatusCode, milliseconds, caller.TenantId, caller.UserId, Problems.TraceId(context));
    }

    [LoggerMessage(LogLevel.Information, "{Method} {Route} {Status} {Milliseconds:0.0} ms tenant={Tenant} user={User} trace={TraceId}")]
    private static partial void LogDone(ILogger logger, string method, string route, int status, double milliseconds, Guid tenant, string user, string traceId);

    [LoggerMessage(LogLevel.Warning, "{Method} {Route} {Status} {Milliseconds:0.0} ms tenant={Tenant} user={User} trace={TraceId}")]
    private static partial void LogFailed(ILogger logger, string method, string route, int status, double milliseconds, Guid tenant, string user, string traceId);
}
