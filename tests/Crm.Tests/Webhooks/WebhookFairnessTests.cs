using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Crm.Tests.Webhooks;

/// <summary>One tenant's slow endpoints and the others.</summary>
public sealed class WebhookFairnessTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task While_endpoints_of_one_tenant_hang_those_of_another_are_told(Database database)
    {
        await using var crm = await WebhookHost.StartAsync(database, ("Worker:Enabled", "true"), ("Webhooks:TimeoutSeconds", "60"));
        var (slow, quick) = (crm.Host.NewTenant(), crm.Host.NewTenant());
        var hook = await crm.MakeAsync(quick);
        var alone = await DelaysAsync(hook, 50);
        var hooks = new List<Hook>();
        var release = new TaskCompletionSource();
        for (var i = 0; i < 12; i++)
        {
            hooks.Add(await crm.MakeAsync(slow));
            crm.Endpoint.Answer(hooks[^1].Url, async _ =>
            {
                await release.Task;
                return Results.NoContent();
            });
        }

        for (var i = 0; i < 20; i++) await slow.MakeAsync("leads", new { lastName = $"Slow {i}" });
        await UntilAsync(() => hooks.Count(one => one.Sent.Count > 0) == 8); // as many as a tenant may have at once
        var beside = await DelaysAsync(hook, 50);

        hooks.Count(one => one.Sent.Count > 0).ShouldBe(8); // all of them hang still
        var hanging = hooks.Sum(one => one.Sent.Count);
        release.SetResult();
        TestContext.Current.TestOutputHelper?.WriteLine($"{database}: from the change to the endpoint, p99 {alone[^1].TotalMilliseconds:0} ms alone, {beside[^1].TotalMilliseconds:0} ms beside {hanging} requests that hang; median {alone[25].TotalMilliseconds:0} and {beside[25].TotalMilliseconds:0} ms.");
    }

    /// <summary>How long it takes from a change until the endpoint hears of it, for some changes one after another; the longest last.</summary>
    private static async Task<List<TimeSpan>> DelaysAsync(Hook hook, int count)
    {
        var before = hook.Sent.Count;
        for (var i = 0; i < count; i++) await hook.Admin.MakeAsync("leads", new { lastName = $"Quick {i}" });
        await UntilAsync(() => hook.Sent.Count == before + count);
        return [.. hook.Sent.Skip(before).Select(sent => sent.At - sent.Json.GetProperty("time").GetDateTimeOffset()).Order()];
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var time = Stopwatch.StartNew(); !condition(); await Task.Delay(20, Stop))
        {
            if (time.Elapsed > TimeSpan.FromSeconds(60)) throw new TimeoutException("It didn't come about within a minute.");
        }
    }
}
