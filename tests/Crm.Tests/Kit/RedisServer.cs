using System.Diagnostics;
using System.Globalization;

namespace Crm.Tests.Kit;

/// <summary>A private Redis.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crm-redis-").FullName;

    private RedisServer()
    {
    }

    /// <summary>Where it is, with its password.</summary>
    public string ConnectionString { get; private set; } = "";

    public static async Task<RedisServer> StartAsync()
    {
        var server = new RedisServer();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it with nothing in it, on its port.</summary>
    public async Task StartAgainAsync() => ConnectionString = (await RunAsync("start")).Trim();

    public Task StopAsync() => RunAsync("stop");

    /// <summary>Has it take connections and answer nothing.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task SignalAsync(string signal)
    {
        var id = int.Parse(await RunAsync("pid"), CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", [$"-{signal}", id.ToString(CultureInfo.InvariantCulture)])!;
        await kill.WaitForExitAsync();
    }

    private async Task<string> RunAsync(string verb)
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "bin", "redis"), [verb, folder]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var printed = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        return script.ExitCode == 0 ? printed : throw new InvalidOperationException($"bin/redis {verb} ended with {script.ExitCode}.");
    }
}
