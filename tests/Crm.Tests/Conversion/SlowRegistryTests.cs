using System.Diagnostics;
using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Concurrency;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>A registry that takes its time: who converts is told to come back, and everybody else notices nothing.</summary>
public sealed class SlowRegistryTests
{
    private const int Leads = 50;

    /// <summary>Who converts waits five seconds; the rest is for a machine that is busy.</summary>
    private static readonly TimeSpan Bearable = TimeSpan.FromSeconds(9);

    [Theory, EachDatabase]
    public async Task Fifty_who_convert_while_it_hangs_are_told_so_in_seconds_and_take_no_turn_from_others(Database database)
    {
        await using var crm = await StubbedHost.StartAsync(database, ("Registry:TimeoutSeconds", "30"), ("RateLimit:TenantAtOnce", "4"), ("RateLimit:TenantQueue", "200"));
        var (client, other) = (crm.Host.NewTenant(Role.Rep), crm.Host.NewTenant());
        var leads = new Guid[Leads];
        for (var i = 0; i < Leads; i++) leads[i] = await client.MakeAsync("leads", new { lastName = $"Lead {i}" });
        (await other.GetAsync("/api/leads")).ShouldBe(HttpStatusCode.OK);
        var well = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        crm.Registry.Before = async _ =>
        {
            asked.TrySetResult();
            await well.Task;
            return null;
        };
        var conversions = Race.OfAsync(Leads, async i =>
        {
            var begun = Stopwatch.GetTimestamp();
            var id = await client.PendAsync(leads[i]);
            return (Id: id, Took: Stopwatch.GetElapsedTime(begun));
        });
        await asked.Task;

        foreach (var somebody in (Client[])[client, other, client.As(Role.Rep, "colleague"), client, other])
        {
            (await somebody.GetAsync("/api/leads")).ShouldBe(HttpStatusCode.OK);
        }

        (await conversions).ShouldAllBe(conversion => conversion.Took < Bearable);
        well.SetResult();
        foreach (var (id, _) in await conversions) (await client.EndAsync(id))["state"].GetString().ShouldBe("COMPLETED");
        crm.Registry.Made.Select(made => made.Reference).Order().ShouldBe(leads.Select(lead => $"lead:{lead}").Order());
    }
}
