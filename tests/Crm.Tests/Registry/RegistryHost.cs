using System.Net.Http.Json;
using System.Text.Json;
using Crm.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Crm.Tests.Registry;

/// <summary>The companion registry, listening on a free port of this machine, over a file of its own.</summary>
public sealed class RegistryHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string file;
    private readonly bool ownsFile;

    private RegistryHost(WebApplication app, string file, bool ownsFile)
    {
        (this.app, this.file, this.ownsFile) = (app, file, ownsFile);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public static async Task<RegistryHost> StartAsync(string? file = null, string? apiKey = "a key for the tests")
    {
        var path = file ?? Path.Combine(Directory.CreateTempSubdirectory("crm-registry-").FullName, "registry.db");
        var built = RegistryApp.Build([], builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["urls"] = "http://127.0.0.1:0",
            ["ConnectionStrings:Registry"] = $"Data Source={path};Pooling=False",
            ["Registry:ApiKey"] = apiKey,
        }));
        await built.StartAsync();
        var host = new RegistryHost(built, path, file is null);
        if (apiKey is not null) host.Http.DefaultRequestHeaders.Authorization = new("Bearer", apiKey);
        return host;
    }

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, Guid? tenantId, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (tenantId is { } tenant) request.Headers.Add("X-Tenant-Id", tenant.ToString());
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await Http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        if (ownsFile) Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }
}
