using System.Net;
using System.Net.Sockets;
using Crm.Contracts.Members;
using Crm.Services.Conversion;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>A registry that is gone altogether, or fails so often that it is left alone for a while.</summary>
public sealed class RegistryAwayTests
{
    /// <summary>After so many calls that failed it is left alone.</summary>
    private const int Enough = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory, EachDatabase]
    public async Task What_waits_for_a_registry_that_is_away_completes_by_itself_when_it_is_back(Database database)
    {
        // Bound but not listening, so that who calls is refused and nobody else gets the port.
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)closed.LocalEndPoint!).Port;
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder =>
            (builder.Configuration["Registry:BaseUrl"], builder.Configuration["Worker:Enabled"]) = ($"http://127.0.0.1:{port}", "true"));
        var client = host.NewTenant(Role.Rep);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });

        var id = await client.PendAsync(lead);
        (await client.ConversionAsync(id))["problem"].GetString()!.ShouldContain("can't be reached");
        (await client.PatchAsync($"/api/leads/{lead}", new { firstName = "Ada" })).ShouldFail(HttpStatusCode.Conflict, "conversion-pending");
        closed.Close();
        await using var registry = await StubRegistry.StartAsync(port: port);

        await client.EndAsync(id);
        await client.ShouldBeCompletedAsync(id, lead, registry.MadeOf(lead).ShouldHaveSingleItem());
    }

    [Theory, EachDatabase]
    public async Task A_registry_that_keeps_failing_is_left_alone_and_nobody_waits_for_it(Database database)
    {
        await using var crm = await StubbedHost.StartAsync(database);
        var client = crm.Host.NewTenant(Role.Rep);
        var leads = await Task.WhenAll(Enumerable.Range(0, Enough + 1).Select(i => client.MakeAsync("leads", new { lastName = $"Lead {i}" })));
        crm.Registry.AnswerPosts(_ => Results.StatusCode(500));
        var pending = await Race.OfAsync(Enough, i => client.PendAsync(leads[i]));
        crm.Registry.Posts.ShouldBe(Enough);

        var before = TimeProvider.System.GetUtcNow();
        var answer = (await client.ConvertAsync(leads[^1])).ShouldBe(HttpStatusCode.Accepted);
        foreach (var id in pending) await client.LetPassAsync(id);
        await crm.GoOnAsync();

        answer["problem"].GetString()!.ShouldContain("left alone");
        answer["nextAttemptAt"].GetDateTimeOffset().ShouldBeInRange(before.AddSeconds(10), before.AddMinutes(5));
        crm.Registry.Asked.Count.ShouldBe(Enough);
    }

    [Fact]
    public async Task A_registry_that_was_left_alone_is_tried_by_one_call_and_then_asked_as_before()
    {
        await using var stub = await StubRegistry.StartAsync();
        using var registry = new RemoteRegistry(new RegistrySettings { BaseUrl = stub.Address }, TimeProvider.System, NullLogger<RemoteRegistry>.Instance);
        stub.AnswerPosts(_ => Results.StatusCode(500));
        for (var i = 0; i < Enough; i++) await RegisterAsync(registry);
        registry.IsAway.ShouldBeTrue();
        (await RegisterAsync(registry)).ShouldBeOfType<RegistryAnswer.Later>();
        stub.Posts.ShouldBe(Enough);

        stub.GetWell();
        using var patience = new CancellationTokenSource(Patience);
        while (registry.IsAway) await Task.Delay(50, patience.Token);
        while (await RegisterAsync(registry) is RegistryAnswer.Later) await Task.Delay(50, patience.Token); // its clock and ours needn't end the break in the same instant

        stub.Made.Count.ShouldBe(1);
        for (var i = 0; i < Enough; i++) (await RegisterAsync(registry)).ShouldBeOfType<RegistryAnswer.Customer>();
    }

    private static Task<RegistryAnswer> RegisterAsync(RemoteRegistry registry)
    {
        var id = Guid.CreateVersion7();
        return registry.RegisterAsync(new RegistryRequest(id, $"{id}", $"lead:{id}", $$"""{"externalReference":"lead:{{id}}","lastName":"Lovelace"}"""), TestContext.Current.CancellationToken);
    }
}
