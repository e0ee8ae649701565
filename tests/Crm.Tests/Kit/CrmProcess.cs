using System.Collections.Concurrent;
using System.Diagnostics;

namespace Crm.Tests.Kit;

/// <summary>The built program, run as its users run it: a process with an environment and a folder of its own.</summary>
public sealed class CrmProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process process;
    private readonly DirectoryInfo? folder;
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CrmProcess(ProcessStartInfo info, DirectoryInfo? folder)
    {
        (process, this.folder) = (new Process { StartInfo = info }, folder);
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null) errors.Enqueue(line.Data);
        };
    }

    public int Id => process.Id;

    public IReadOnlyList<string> Output => [.. output];

    public IReadOnlyList<string> Errors => [.. errors];

    /// <summary>Starts it with what is set here, without rate limits, and with nothing of the tests' own environment.</summary>
    /// <param name="arguments">The verb and its options.</param>
    /// <param name="settings">The environment's variables.</param>
    /// <param name="workingFolder">Where it runs; by default an empty folder, which goes with it.</param>
    public static CrmProcess Start(string[] arguments, Dictionary<string, string>? settings = null, string? workingFolder = null)
    {
        var own = workingFolder is null ? Directory.CreateTempSubdirectory("crm-process-") : null;
        var info = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Crm.Api.dll"), .. arguments])
        {
            WorkingDirectory = workingFolder ?? own!.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var name in info.Environment.Keys.Where(IsOurs).ToList()) info.Environment.Remove(name);
        foreach (var name in (string[])["TenantPerMinute", "UserPerMinute", "FailuresPerMinute", "TenantAtOnce"]) info.Environment[$"RateLimit__{name}"] = "0"; // as in CrmHost
        info.Environment["DOTNET_TieredPGO"] = info.Environment["DOTNET_gcServer"] = "0"; // it doesn't live for long enough to gain by either
        foreach (var (name, value) in settings ?? []) info.Environment[name] = value;
        var program = new CrmProcess(info, own);
        program.process.Start();
        program.process.BeginOutputReadLine();
        program.process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, IReadOnlyList<string> Errors)> RunAsync(string[] arguments, Dictionary<string, string>? settings = null, string? workingFolder = null)
    {
        await using var program = Start(arguments, settings, workingFolder);
        var code = await program.EndAsync();
        return (code, string.Join('\n', program.Output), program.Errors);
    }

    /// <summary>Where it listens, once it does.</summary>
    public Task<Uri> ListeningAsync() => OrEndedAsync(listening.Task);

    /// <summary>Waits until a line of its output contains a text, and returns the line.</summary>
    public async Task<string> SaysAsync(string text)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var ended = process.HasExited;
            if (output.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } said) return said;
            if (ended || since.Elapsed > Patience) throw Unexpected($"didn't say \"{text}\"");
            await Task.Delay(20);
        }
    }

    /// <summary>Tells it to stop, as an operator or a container's host does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Ends it on the spot, as a power cut does.</summary>
    public void Kill() => process.Kill();

    /// <summary>Waits for its end; its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder?.Delete(recursive: true);
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || name.StartsWith("DOTNET_ENV", StringComparison.Ordinal) || name.Contains("__", StringComparison.Ordinal);

    private void Read(string? line)
    {
        if (line is null) return;
        output.Enqueue(line);
        const string Announcement = "Now listening on: ";
        if (line.IndexOf(Announcement, StringComparison.Ordinal) is >= 0 and var at) listening.TrySetResult(new Uri(line[(at + Announcement.Length)..]));
    }

    private async Task<T> OrEndedAsync<T>(Task<T> awaited)
    {
        using var patience = new CancellationTokenSource(Patience);
        var ended = process.WaitForExitAsync(patience.Token);
        if (await Task.WhenAny(awaited, ended) != awaited && !awaited.IsCompleted) throw Unexpected("doesn't listen");
        return await awaited;
    }

    private InvalidOperationException Unexpected(string what) => new($"The program {what}. It said: {string.Join('\n', output.Concat(errors))}");
}
