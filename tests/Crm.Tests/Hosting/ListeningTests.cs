using System.Net;
using System.Net.Sockets;
using Crm.Api.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Tests.Hosting;

public sealed class ListeningTests
{
    [Fact]
    public async Task Work_that_had_begun_ends_before_a_failed_start_is_told()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        var work = new Work();
        await using var app = Build(other, work);
        var told = false;

        var said = await Should.ThrowAsync<SettingException>(() => app.ListenAsync(() => told = true, CancellationToken.None));

        said.Message.ShouldContain("address already in use");
        told.ShouldBeTrue();
        work.Done.ShouldBe(["began", "ended"]);
    }

    [Fact]
    public async Task A_failed_start_is_told_also_where_what_had_begun_does_not_end_well()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        await using var app = Build(other, new Stubborn());

        (await Should.ThrowAsync<SettingException>(() => app.ListenAsync(() => { }, CancellationToken.None))).Message.ShouldContain("address already in use");
    }

    /// <summary>A service with some work, whose port another has.</summary>
    private static WebApplication Build(TcpListener other, IHostedService work)
    {
        other.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://{other.LocalEndpoint}");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(work);
        return builder.Build();
    }

    private sealed class Stubborn : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => throw new TimeoutException("It doesn't end.");
    }

    private sealed class Work : IHostedService
    {
        public List<string> Done { get; } = [];

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Done.Add("began");
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await Task.Yield(); // so that whoever doesn't wait for it is before its end
            Done.Add("ended");
        }
    }
}
