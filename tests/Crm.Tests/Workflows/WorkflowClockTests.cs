using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Workflows;

/// <summary>What workflows do when their time has come.</summary>
public sealed class WorkflowClockTests
{
    private static readonly object Task = new { type = "CREATE_TASK", text = "Mind {lastName}" };

    [Theory, EachDatabase]
    public async Task A_schedule_is_for_what_its_condition_holds_of_then_by_the_tenants_clocks(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        (await ada.PatchAsync("/api/settings", new { timeZone = "Asia/Tokyo" })).ShouldBe(HttpStatusCode.OK);
        var midnight = clock.GetUtcNow().UtcDateTime.Date.AddDays(1);
        await ada.ActiveAsync(new { name = "Daily", trigger = new { schedule = new { record = "LEAD", time = "07:00" } }, condition = new { field = "status", @is = "NEW" }, actions = new[] { Task } }); // 22:00 UTC
        await AtAsync(clock, host, midnight.AddHours(-2).AddSeconds(1));
        (await ada.RunsAsync()).ShouldBeEmpty();

        var late = await ada.MakeAsync("leads", new { lastName = "Late" });
        await AtAsync(clock, host, midnight.AddHours(-1));
        (await ada.RunsAsync()).ShouldBeEmpty("it was looked, and nothing was found");
        await ada.MakeAsync("leads", new { lastName = "Contacted", status = "CONTACTED" });
        await AtAsync(clock, host, midnight.AddHours(22).AddSeconds(-1));
        (await ada.RunsAsync()).ShouldBeEmpty();
        await AtAsync(clock, host, midnight.AddHours(22));

        var run = (await ada.RunsAsync()).ShouldHaveSingleItem();
        (run.GetProperty("subject").GetString(), run.GetProperty("triggeredAt").GetDateTimeOffset()).ShouldBe(($"leads/{late}", new DateTimeOffset(midnight.AddHours(22), TimeSpan.Zero)));
        await AtAsync(clock, host, midnight.AddDays(4)); // two were missed: the last is made up for
        (await ada.RunsAsync()).Select(one => one.GetProperty("triggeredAt").GetDateTimeOffset()).ShouldBe([new DateTimeOffset(midnight.AddHours(22), TimeSpan.Zero), new DateTimeOffset(midnight.AddDays(3).AddHours(22), TimeSpan.Zero)]);
        (await ada.TasksAsync("leadId", late)).Count.ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task A_schedule_follows_the_tenant_to_another_time_zone(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        await ada.ActiveAsync(new { name = "Daily", trigger = new { schedule = new { record = "LEAD", time = "07:00" } }, actions = new[] { Task } });
        await ada.MakeAsync("leads", new { lastName = "Hopper" });
        var midnight = clock.GetUtcNow().UtcDateTime.Date.AddDays(1);
        await AtAsync(clock, host, midnight.AddHours(7).AddMinutes(1));
        var before = (await ada.RunsAsync()).Count;

        (await ada.PatchAsync("/api/settings", new { timeZone = "Asia/Tokyo" })).ShouldBe(HttpStatusCode.OK);
        await AtAsync(clock, host, midnight.AddHours(22).AddMinutes(1));

        ((await ada.RunsAsync()).Count - before).ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task Silence_begins_it_once_each_time_and_only_from_the_activation_on(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        var old = await ada.MakeAsync("leads", new { lastName = "Old" });
        clock.Advance(TimeSpan.FromDays(3));
        await ada.ActiveAsync(new { name = "Still", trigger = new { inactivity = new { record = "LEAD", days = 2 } }, actions = new[] { Task } });
        var (quiet, busy, closed) = (await ada.MakeAsync("leads", new { lastName = "Quiet" }), await ada.MakeAsync("leads", new { lastName = "Busy" }), await ada.MakeAsync("leads", new { lastName = "Closed", status = "UNQUALIFIED" }));
        await AtAsync(clock, host, clock.GetUtcNow().AddDays(1));
        (await ada.PostAsync("/api/activities", new { type = "CALL", subject = "Called", leadId = busy })).ShouldBe(HttpStatusCode.Created);

        await AtAsync(clock, host, clock.GetUtcNow().AddDays(1).AddMinutes(1));
        (await ada.RunsAsync()).Select(run => run.GetProperty("subject").GetString()).ShouldBe([$"leads/{quiet}"]);
        await AtAsync(clock, host, clock.GetUtcNow().AddDays(1));
        (await ada.RunsAsync()).Select(run => run.GetProperty("subject").GetString()).ShouldBe([$"leads/{quiet}", $"leads/{busy}"], ignoreOrder: true);
        (await ada.PostAsync("/api/activities", new { type = "CALL", subject = "Called", leadId = quiet })).ShouldBe(HttpStatusCode.Created);
        await AtAsync(clock, host, clock.GetUtcNow().AddDays(2).AddMinutes(1));
        (await ada.TasksAsync("leadId", quiet)).Count.ShouldBe(2);
        foreach (var lead in new[] { old, closed }) (await ada.TasksAsync("leadId", lead)).ShouldBeEmpty();
    }

    private static Task AtAsync(SettableClock clock, CrmHost host, DateTime at) => AtAsync(clock, host, new DateTimeOffset(at, TimeSpan.Zero));

    private static Task AtAsync(SettableClock clock, CrmHost host, DateTimeOffset at)
    {
        if (at > clock.GetUtcNow()) clock.Advance(at - clock.GetUtcNow());
        return host.LookAsync();
    }
}
