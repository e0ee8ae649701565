using System.Diagnostics;

namespace Crm.Tests.Kit;

/// <summary>A pool between the service and PostgreSQL that hands each transaction to whichever connection is free.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private readonly string folder;

    private PgBouncer(string connectionString, string folder) => (ConnectionString, this.folder) = (connectionString, folder);

    /// <summary>The database, reached through the pool.</summary>
    public string ConnectionString { get; }

    /// <param name="connectionString">The database.</param>
    /// <param name="size">How many connections to it the pool has.</param>
    public static async Task<PgBouncer> StartAsync(string connectionString, int size)
    {
        var made = Directory.CreateTempSubdirectory("crm-pgbouncer-").FullName;
        return new PgBouncer(await RunAsync("start", made, connectionString, size.ToString(System.Globalization.CultureInfo.InvariantCulture)), made);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop", folder);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "bin", "pgbouncer"), arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var printed = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        return script.ExitCode == 0 ? printed.Trim() : throw new InvalidOperationException($"bin/pgbouncer {arguments[0]} ended with {script.ExitCode}.");
    }
}
