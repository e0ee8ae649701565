using Crm.Api.Auth;
using Crm.Api.OpenApi;
using Crm.Contracts.Failures;
using Crm.Contracts.Members;
using Crm.Services;
using Crm.Services.Demo;
using Crm.Services.Operations;

namespace Crm.Api.Hosting;

/// <summary>What the program's verbs do.</summary>
internal static class Verbs
{
    public static async Task<int> ServeAsync(string? urls, bool demo, CancellationToken ct)
    {
        await using var app = CrmApp.Build(urls is null ? [] : ["--urls", urls]);
        await MigrateAsync(app.Services, null, ct);
        if (demo)
        {
            await SeedAsync(app.Services, DemoData.TenantId, ct);
            app.Lifetime.ApplicationStarted.Register(() => DemoGreeting.Print(app.Services, app.Urls.First()));
        }

        await app.RunAsync(ct);
        return 0;
    }

    public static async Task<int> WorkAsync(CancellationToken ct)
    {
        var builder = Host.CreateApplicationBuilder();
        var settings = CrmSettings.Read(builder.Configuration, builder.Environment);
        settings.Checking("ConnectionStrings__Crm", () => builder.Services.AddCrm(settings.ConnectionString));
        using var host = builder.Build();
        await MigrateAsync(host.Services, null, ct);
        await host.RunAsync(ct);
        return 0;
    }

    public static async Task<int> MigrateAsync(string? to, bool script, CancellationToken ct)
    {
        await using var app = CrmApp.Build([]);
        if (script) Console.Out.Write(app.Services.GetRequiredService<DatabaseService>().Script(to));
        else await MigrateAsync(app.Services, to, ct);
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
        await using var app = CrmApp.Build([]);
        await MigrateAsync(app.Services, null, ct);
        await SeedAsync(app.Services, tenantId ?? DemoData.TenantId, ct);
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
        var urls = Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "http://127.0.0.1:5080";
        var own = new Uri(urls.Split(';')[0].Replace("://+", "://127.0.0.1", StringComparison.Ordinal).Replace("://*", "://127.0.0.1", StringComparison.Ordinal));
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using var answer = await client.GetAsync(new Uri(own, "/health/live"), ct);
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return 1;
        }
    }

    private static async Task MigrateAsync(IServiceProvider services, string? to, CancellationToken ct)
    {
        try
        {
            await services.GetRequiredService<DatabaseService>().MigrateAsync(to, ct);
        }
        catch (Exception e) when (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable } || e is System.Data.Common.DbException)
        {
            throw new SettingException("ConnectionStrings__Crm", $"names a database that can't be used: {e.GetBaseException().Message.ReplaceLineEndings(" ")} Start it, or mend the connection string.");
        }
    }

    private static async Task SeedAsync(IServiceProvider services, Guid tenantId, CancellationToken ct)
    {
        var settings = services.GetRequiredService<CrmSettings>();
        var written = await DemoData.FillAsync(settings.ConnectionString, tenantId, services.GetRequiredService<TimeProvider>().GetUtcNow(), Console.Out.WriteLine, ct);
        if (!written) Console.WriteLine($"Tenant {tenantId} has data already; nothing was added.");
    }
}
