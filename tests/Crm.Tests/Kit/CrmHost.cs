using Crm.Api.Auth;
using Crm.Api.Hosting;
using Crm.Contracts.Members;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Services.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Tests.Kit;

/// <summary>The whole service, listening on a free port of this machine, over one of the databases.</summary>
public sealed class CrmHost : IAsyncDisposable
{
    public const string SigningKey = "a key for the tests, which is long enough for HS256";

    private readonly WebApplication app;

    private CrmHost(WebApplication app, Database database, string connectionString)
    {
        (this.app, Database, ConnectionString) = (app, database, connectionString);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 256 }) { BaseAddress = Address };
    }

    public Database Database { get; }

    public string ConnectionString { get; }

    public Uri Address { get; }

    /// <summary>A client that says nothing of itself.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Starts a service of its own over a database; most tests share one, by <see cref="Hosts.For"/>.</summary>
    public static async Task<CrmHost> StartAsync(Database database, string connectionString, Action<WebApplicationBuilder>? configure = null)
    {
        var built = CrmApp.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["urls"] = "http://127.0.0.1:0",
                ["ConnectionStrings:Crm"] = connectionString,
                ["Auth:SigningKey"] = SigningKey,
                ["Worker:Enabled"] = "false", // what is done in the background is done when a test says so
                ["RateLimit:TenantPerMinute"] = "0", // tests ask more often than people do; those of the limits set their own
                ["RateLimit:UserPerMinute"] = "0",
                ["RateLimit:FailuresPerMinute"] = "0",
                ["RateLimit:TenantAtOnce"] = "0",
                ["RateLimit:UserWatching"] = "0",
                ["Limits:StreamSeconds"] = "0", // whoever asks every endpoint gets to the end of a stream, too
            });
            configure?.Invoke(builder);
        });
        await built.Services.GetRequiredService<DatabaseService>().MigrateAsync(null, CancellationToken.None);
        await built.StartAsync();
        return new CrmHost(built, database, connectionString);
    }

    /// <summary>A client for a tenant that nobody has seen yet.</summary>
    public Client NewTenant(Role role = Role.Admin, string user = "ada") => new(this, Guid.CreateVersion7(), user, role);

    public string Token(Guid tenantId, string user, Role role) =>
        app.Services.GetRequiredService<TokenIssuer>().Issue(tenantId, user, role, $"Name of {user}", TimeSpan.FromHours(1));

    /// <summary>The database as a tenant sees it.</summary>
    public async Task<T> QueryAsync<T>(Guid tenantId, Func<CrmDbContext, Task<T>> query)
    {
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, "test");
        return await query(scope.ServiceProvider.GetRequiredService<CrmDbContext>());
    }

    /// <summary>The types of a record's events, in the order in which they happened.</summary>
    public Task<List<string>> EventsAsync(Guid tenantId, Guid recordId) => QueryAsync(tenantId, db =>
        db.Events.Where(e => e.RecordId == recordId).OrderBy(e => e.Version).Select(e => e.Type).ToListAsync());

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
