using Crm.Api.Auth;
using Crm.Api.Events;
using Crm.Api.Http;
using Crm.Api.OpenApi;
using Crm.Contracts.Failures;
using Crm.Contracts.Members;
using Crm.Services;
using Crm.Services.Demo;
using Crm.Services.Operations;

namespace Crm.Api.Hosting;

/// <summary>What the program's verbs do.</summary>
internal static partial class Verbs
{
    /// <summary>How long a stop may take: well within the half minute that it has in all.</summary>
    public static readonly TimeSpan ForStopping = TimeSpan.FromSeconds(20);

    public static async Task<int> ServeAsync(string? urls, bool demo, CancellationToken ct)
    {
        var (started, failed) = (false, false);
        await using var app = CrmApp.Build(urls is null ? [] : ["--urls", urls], builder =>
        {
            // What fails at the start is told in one line; the first two would tell it with their stack, the third that the service stops.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started && level >= LogLevel.Warning);
            builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => started && level >= LogLevel.Warning);
            builder.Services.PostConfigure<LoggerFilterOptions>(filters => filters.AddFilter("Microsoft.Hosting.Lifetime", level => !failed && level >= LogLevel.Information));
        });
        await MigrateAsync(app.Services, null, ct);
        if (demo) await SeedAsync(app.Services, DemoData.TenantId, ct);
        await app.ListenAsync(() => failed = true, ct);
        started = true;
        if (demo) Console.WriteLine(DemoGreeting.Write(app.Services, Listening.FromHere(app.Urls.First()).GetLeftPart(UriPartial.Authority)));
        await GreetFirstAsync(app, ct);
        await app.WaitForShutdownAsync(ct);
        return 0;
    }

    public static async Task<int> WorkAsync(CancellationToken ct)
    {
        using var host = WithoutHttp(services => services.AddBackgroundWork().AddHostedService<InstancesWorker>());
        await MigrateAsync(host.Services, null, ct);
        await host.RunAsync(ct);
        return 0;
    }

    public static async Task<int> MigrateAsync(string? to, bool script, CancellationToken ct)
    {
        using var host = WithoutHttp();
        if (script) Console.Out.Write(host.Services.GetRequiredService<DatabaseService>().Script(to));
        else await MigrateAsync(host.Services, to, ct);
        return 0;
    }

    public static async Task<int> TokenAsync(Guid tenantId, string userId, Role role, string? name, TimeSpan lifetime)
    {
        await using var app = CrmApp.Build([]);
        Console.WriteLine(app.Services.GetRequiredService<TokenIssuer>().Issue(tenantId, userId, role, name, lifetime));
        return 0;
    }

    public static async Task<int> SeedAsync(Guid? tenantId, CancellationToken ct)
    {
        using var host = WithoutHttp();
        await MigrateAsync(host.Services, null, ct);
        await SeedAsync(host.Services, tenantId ?? DemoData.TenantId, ct);
        return 0;
    }

    public static async Task<int> OpenApiAsync(CancellationToken ct)
    {
        await using var app = CrmApp.Build(["--urls", "http://127.0.0.1:0"], builder => builder.Logging.ClearProviders());
        await app.StartAsync(ct); // the routes are known to the document once the service runs; the database isn't asked
        await using var stdout = Console.OpenStandardOutput();
        await stdout.WriteAsync(await app.Services.GetRequiredService<WrittenDocument>().JsonAsync(), ct);
        await app.StopAsync(ct);
        return 0;
    }

    public static async Task<int> HealthAsync(CancellationToken ct)
    {
        var own = Listening.FromHere(Environment.GetEnvironmentVariable(Listening.Setting));
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using var answer = await client.GetAsync(new Uri(own, "/health/live"), ct);
            if (answer.IsSuccessStatusCode) return 0;
            await Console.Error.WriteLineAsync($"{own} answers {(int)answer.StatusCode}.");
            return 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{own} doesn't answer: {e.GetBaseException().Message}");
            return 1;
        }
    }

    /// <summary>What needs neither HTTP nor tokens, and asks for no setting of theirs.</summary>
    internal static IHost WithoutHttp(Action<IServiceCollection>? add = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT"),
        });
        builder.Logging.Quieten(builder.Environment);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ForStopping);
        var settings = CrmSettings.Read(builder.Configuration, builder.Environment, withTokens: false);
        builder.Services.AddSingleton(settings);
        settings.Checking("ConnectionStrings__Crm", () => builder.Services.AddCrm(settings.ConnectionString, settings.Limits));
        builder.Services.AddConversion(settings);
        builder.Services.AddWebhooks(settings.Webhooks);
        builder.Services.AddEventConsumers(settings);
        builder.Services.AddNotifications(settings.Smtp);
        builder.Services.AddScoring();
        add?.Invoke(builder.Services);
        return builder.Build();
    }

    private static async Task MigrateAsync(IServiceProvider services, string? to, CancellationToken ct)
    {
        try
        {
            await services.GetRequiredService<DatabaseService>().MigrateAsync(to, ct);
        }
        catch (Exception e) when (IsDatabases(e))
        {
            throw Unusable(e);
        }
    }

    private static async Task SeedAsync(IServiceProvider services, Guid tenantId, CancellationToken ct)
    {
        var settings = services.GetRequiredService<CrmSettings>();
        try
        {
            var written = await DemoData.FillAsync(settings.ConnectionString, settings.Limits, tenantId, services.GetRequiredService<TimeProvider>().GetUtcNow(), Console.Out.WriteLine, ct);
            Console.WriteLine(written ? $"Tenant {tenantId} is filled with sample data." : $"Tenant {tenantId} has data already; nothing was added.");
        }
        catch (Exception e) when (IsDatabases(e))
        {
            throw Unusable(e);
        }
    }

    internal static bool IsDatabases(Exception e) =>
        e is System.Data.Common.DbException or IOException or UnauthorizedAccessException || ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable };

    internal static SettingException Unusable(Exception e, string cure = "Start it, see that it may be written, or mend the connection string.") => new(
        "ConnectionStrings__Crm", $"names a database that can't be used: {e.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.')}. {cure}");
}
