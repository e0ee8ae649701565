using System.Diagnostics;

namespace Crm.Tests.Kit;

/// <summary>A private PostgreSQL for this run of the tests, or the one that CRM_TEST_POSTGRES names.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string? folder;

    private PostgresServer(string connectionString, string? folder) => (ConnectionString, this.folder) = (connectionString, folder);

    public string ConnectionString { get; }

    public static async Task<PostgresServer> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("CRM_TEST_POSTGRES") is { Length: > 0 } given) return new PostgresServer(given, null);
        var data = Directory.CreateTempSubdirectory("crm-postgres-").FullName;
        return new PostgresServer(await RunAsync("start", data), data);
    }

    public async ValueTask DisposeAsync()
    {
        if (folder is null) return;
        await RunAsync("stop", folder);
        Directory.Delete(folder, recursive: true);
    }

    internal static async Task<string> RunAsync(string verb, string data)
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "bin", "postgres"), [verb, data]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var printed = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        return script.ExitCode == 0 ? printed.Trim() : throw new InvalidOperationException($"bin/postgres {verb} ended with {script.ExitCode}.");
    }
}

/// <summary>Where the sources are.</summary>
public static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo folder) => File.Exists(Path.Combine(folder.FullName, "Crm.slnx")) ? folder.FullName : Find(folder.Parent!);
}
