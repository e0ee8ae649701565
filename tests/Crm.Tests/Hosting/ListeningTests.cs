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
        other.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://{other.LocalEndpoint}");
        builder.Logging.ClearProviders();
        using var work = new Unending();
        builder.Services.AddHostedService(_ => work);
        await using var app = builder.Build();
        var told = false;

        var said = await Should.ThrowAsync<SettingException>(() => app.ListenAsync(() => told = true, CancellationToken.None));

        said.Message.ShouldContain("address already in use");
        told.ShouldBeTrue();
        work.Began.ShouldBeTrue();
        work.ExecuteTask!.IsCompleted.ShouldBeTrue();
    }

    private sealed class Unending : BackgroundService
    {
        public bool Began { get; private set; }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            Began = true;
            await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
