using System.Diagnostics;
using RabbitMQ.Client;
using Xunit;

namespace Crm.Tests.Kit;

/// <summary>A private RabbitMQ. The tests of a collection share one and run one after another, since there is one exchange.</summary>
public sealed class RabbitServer : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("crm-rabbitmq-").FullName;

    /// <summary>Where it is, with its password.</summary>
    public Uri Uri { get; private set; } = null!;

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Starts it, or starts it again with its queues and on its port.</summary>
    public async Task StartAsync() => Uri = new Uri((await RunAsync("start", folder)).Trim());

    public Task StopAsync() => RunAsync("stop", folder);

    /// <summary>Has it do what only an operator can.</summary>
    public Task ControlAsync(params string[] arguments) => RunAsync(["ctl", folder, .. arguments]);

    public Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = Uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "bin", "rabbitmq"), arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var printed = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        return script.ExitCode == 0 ? printed : throw new InvalidOperationException($"bin/rabbitmq {arguments[0]} ended with {script.ExitCode}.");
    }
}

/// <summary>The tests that share a broker.</summary>
[CollectionDefinition(Name)]
public sealed class RabbitTests : ICollectionFixture<RabbitServer>
{
    public const string Name = "RabbitMQ";
}
