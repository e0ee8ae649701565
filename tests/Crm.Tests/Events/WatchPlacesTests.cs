using Crm.Services.Events;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

public sealed class WatchPlacesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_one_tenant_eight_read_at_once_and_the_next_when_one_has_ended()
    {
        using var places = new WatchPlaces();
        var tenant = Guid.CreateVersion7();
        var taken = await TakeAsync(places, tenant, 8);
        var ninth = places.TakeAsync(tenant, Stop);
        ninth.IsCompleted.ShouldBeFalse();
        using var other = await places.TakeAsync(Guid.CreateVersion7(), Stop).WaitAsync(TimeSpan.FromSeconds(10), Stop);

        taken[3].Dispose();

        (await ninth.WaitAsync(TimeSpan.FromSeconds(10), Stop)).Dispose();
    }

    [Fact]
    public async Task Of_all_tenants_thirty_two_read_at_once()
    {
        using var places = new WatchPlaces();
        var taken = new List<IDisposable>();
        for (var i = 0; i < 4; i++) taken.AddRange(await TakeAsync(places, Guid.CreateVersion7(), 8));
        var next = places.TakeAsync(Guid.CreateVersion7(), Stop);
        next.IsCompleted.ShouldBeFalse();

        taken[0].Dispose();

        (await next.WaitAsync(TimeSpan.FromSeconds(10), Stop)).Dispose();
    }

    [Fact]
    public async Task Who_stops_waiting_takes_no_place()
    {
        using var places = new WatchPlaces();
        var late = Guid.CreateVersion7();
        var taken = new List<IDisposable>();
        for (var i = 0; i < 4; i++) taken.AddRange(await TakeAsync(places, Guid.CreateVersion7(), 8));
        using var gone = new CancellationTokenSource();
        var waiting = places.TakeAsync(late, gone.Token);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);

        foreach (var place in taken) place.Dispose();

        (await TakeAsync(places, late, 8)).Count.ShouldBe(8);
    }

    private static async Task<List<IDisposable>> TakeAsync(WatchPlaces places, Guid tenant, int count)
    {
        var taken = new List<IDisposable>();
        for (var i = 0; i < count; i++) taken.Add(await places.TakeAsync(tenant, Stop).WaitAsync(TimeSpan.FromSeconds(10), Stop));
        return taken;
    }
}
