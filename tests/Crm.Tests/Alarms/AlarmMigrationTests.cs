using Crm.Services.Operations;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Alarms;

public sealed class AlarmMigrationTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory, EachDatabase]
    public async Task What_was_there_before_tells_only_what_is_still_to_come(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var client = host.NewTenant();
        var (overdue, between, ahead) = (await client.MakeTaskAsync(due: -Hour, remind: -2 * Hour), await client.MakeTaskAsync(due: Hour, remind: -Hour), await client.MakeTaskAsync(due: 2 * Hour, remind: Hour));
        var (completed, deleted, dateless) = (await client.MakeTaskAsync(due: Hour), await client.MakeTaskAsync(due: -Hour), await client.MakeTaskAsync());
        var (rotten, fresh, won, gone) = (await client.MakeAsync("deals", new { name = "Rotten" }), await client.MakeAsync("deals", new { name = "Fresh" }), await client.MakeAsync("deals", new { name = "Won", stage = "CLOSED_WON" }), await client.MakeAsync("deals", new { name = "Gone" }));
        foreach (var deal in new[] { rotten, gone }) await client.LetPassAsync(deal, days: 40);
        await client.PutAsync($"/api/tasks/{completed}/complete");
        foreach (var path in new[] { $"tasks/{deleted}", $"deals/{gone}" }) await client.DeleteAsync($"/api/{path}");
        var task = await client.GetAsync($"/api/tasks/{ahead}");
        var setBefore = await client.AlarmOfDealAsync(fresh);

        await MigrateAsync("20261124000001_conversion");
        await MigrateAsync(null);
        (await host.RingAsync()).ShouldBe(0);

        (await client.AlarmOfTaskAsync(between)).ShouldBe((await client.GetAsync($"/api/tasks/{between}"))["dueAt"].GetDateTimeOffset());
        (await client.AlarmOfTaskAsync(ahead)).ShouldBe(task["remindAt"].GetDateTimeOffset());
        foreach (var id in new[] { overdue, completed, dateless }) (await client.AlarmOfTaskAsync(id)).ShouldBeNull();
        (await client.AlarmOfDealAsync(fresh)).ShouldNotBeNull().ShouldBe(setBefore!.Value);
        foreach (var id in new[] { rotten, won }) (await client.AlarmOfDealAsync(id)).ShouldBeNull();
        foreach (var path in new[] { $"tasks/{deleted}", $"deals/{gone}" }) await client.PostAsync($"/api/{path}/restore");
        await client.PatchAsync($"/api/tasks/{overdue}", new { title = "Ring" });
        (await host.RingAsync()).ShouldBe(0);
        await client.LetPassAsync(ahead, 3 * Hour);
        (await host.RingAsync()).ShouldBe(1);
        (await client.EventsAsync(ahead)).ShouldBe(["task.created", "task.reminded", "task.due"]);
        await Invariants.AssertAsync(host, client.TenantId);

        Task MigrateAsync(string? to) => host.Services.GetRequiredService<DatabaseService>().MigrateAsync(to, TestContext.Current.CancellationToken);
    }
}
