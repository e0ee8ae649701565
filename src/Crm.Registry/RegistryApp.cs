using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Registry.Customers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crm.Registry;

/// <summary>The registry of customers: what it is made of, and what a request goes through.</summary>
public static class RegistryApp
{
    internal const string DefaultUrl = "http://127.0.0.1:5090";
    private const int MaxBodyBytes = 64 * 1024;

    /// <exception cref="SettingException">A setting is wrong; the message is the one line that says which, why and the cure.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        configure?.Invoke(builder);
        if (string.IsNullOrWhiteSpace(builder.Configuration["urls"]) && string.IsNullOrWhiteSpace(builder.Configuration["http_ports"])) builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaxBodyBytes);
        var settings = RegistrySettings.Read(builder.Configuration, builder.Environment);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(settings).AddSingleton<CustomerStore>();
        builder.Services.ConfigureHttpJsonOptions(json => Strictly(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Explain);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning); // a query names addresses
        builder.Services.AddOpenApi();

        var app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = e => e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
        });
        app.UseStatusCodePages();
        app.UseApiKey();
        app.MapOpenApi();
        app.MapGet("/health/live", () => TypedResults.Ok(new Health("healthy"))).WithTags("Health").WithName("GetLiveness");
        app.MapGet("/health/ready", Ready).WithTags("Health").WithName("GetReadiness").Produces<Health>().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        app.MapCustomers();
        Open(app.Services.GetRequiredService<CustomerStore>());
        return app;
    }

    private static async Task<IResult> Ready(CustomerStore customers, CancellationToken ct)
    {
        try
        {
            await customers.ProbeAsync(ct);
            return TypedResults.Ok(new Health("healthy"));
        }
        catch (SqliteException)
        {
            return TypedResults.Problem("The database doesn't answer.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static void Open(CustomerStore customers)
    {
        try
        {
            customers.Create();
        }
        catch (SqliteException e)
        {
            throw new SettingException("ConnectionStrings__Registry", $"names a database that can't be opened: {e.Message.TrimEnd('.')}. Name a file that the registry may write to.");
        }
    }

    private static void Explain(ProblemDetailsContext context)
    {
        context.ProblemDetails.Detail ??= (context.ProblemDetails.Status, context.Exception) switch
        {
            (StatusCodes.Status413PayloadTooLarge, _) => $"The body has more than {MaxBodyBytes} bytes.",
            (StatusCodes.Status415UnsupportedMediaType, _) => "Send the body as application/json.",
            (StatusCodes.Status404NotFound, _) => "There is nothing at this path.",
            (StatusCodes.Status405MethodNotAllowed, _) => $"{context.HttpContext.Request.Method} can't be done here; Allow says what can.",
            (_, BadHttpRequestException { InnerException: JsonException { Path: { } path } }) => $"The body isn't what the document at /openapi/v1.json asks for, at {path}.",
            (StatusCodes.Status400BadRequest, _) => "A header or a parameter is missing or malformed: X-Tenant-Id must be a UUID, take and after whole numbers, the body a JSON object.",
            _ => null,
        };
    }

    private static void Strictly(JsonSerializerOptions json)
    {
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
    }
}

/// <summary>How the registry is doing.</summary>
/// <param name="Status"><c>healthy</c>.</param>
public sealed record Health(string Status);
