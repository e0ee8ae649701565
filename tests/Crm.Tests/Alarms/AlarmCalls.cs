using Crm.Database;
using Crm.Services.Alarms;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Tests.Alarms;

internal static class AlarmCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What a worker does every second.</summary>
    public static Task<int> RingAsync(this CrmHost host) => host.Services.GetRequiredService<AlarmClock>().RingDueAsync(TestContext.Current.CancellationToken);

    /// <summary>A task with its dates, which are so far from now.</summary>
    public static Task<Guid> MakeTaskAsync(this Client client, TimeSpan? due = null, TimeSpan? remind = null) =>
        client.MakeAsync("tasks", new { title = "Call", dueAt = TimeProvider.System.GetUtcNow() + due, remindAt = TimeProvider.System.GetUtcNow() + remind });

    /// <summary>Takes a task's dates back, as if so much time had passed.</summary>
    public static Task LetPassAsync(this Client client, Guid task, TimeSpan time) => client.WriteAsync(async db =>
    {
        var was = await db.Tasks.AsNoTracking().SingleAsync(t => t.Id == task);
        await db.Tasks.Where(t => t.Id == task).ExecuteUpdateAsync(row => row
            .SetProperty(t => t.DueAt, was.DueAt - time).SetProperty(t => t.DueTold, was.DueTold - time)
            .SetProperty(t => t.RemindAt, was.RemindAt - time).SetProperty(t => t.RemindTold, was.RemindTold - time)
            .SetProperty(t => t.AlarmAt, was.AlarmAt - time));
        await db.TaskSnapshots.Where(s => s.TaskId == task && s.DueAt == was.DueAt).ExecuteUpdateAsync(row => row.SetProperty(s => s.DueAt, was.DueAt - time));
    });

    /// <summary>Takes the stay of a deal back, as if so many days had passed in it.</summary>
    public static Task LetPassAsync(this Client client, Guid deal, int days) => client.WriteAsync(async db =>
    {
        var (was, time) = (await db.Deals.AsNoTracking().SingleAsync(d => d.Id == deal), TimeSpan.FromDays(days));
        var entered = was.StageEnteredAt - time;
        await db.Deals.Where(d => d.Id == deal).ExecuteUpdateAsync(row => row
            .SetProperty(d => d.StageEnteredAt, entered).SetProperty(d => d.RottingTold, was.RottingTold - time).SetProperty(d => d.AlarmAt, was.AlarmAt - time));
        await db.DealSnapshots.Where(s => s.DealId == deal && s.StageEnteredAt == was.StageEnteredAt).ExecuteUpdateAsync(row => row.SetProperty(s => s.StageEnteredAt, entered));
        await db.DealStays.Where(s => s.DealId == deal && s.LeftAt == was.StageEnteredAt).ExecuteUpdateAsync(row => row.SetProperty(s => s.LeftAt, entered));
        await db.DealStays.Where(s => s.DealId == deal && s.LeftAt == null).ExecuteUpdateAsync(row => row.SetProperty(s => s.EnteredAt, entered));
    });

    public static Task<DateTimeOffset?> AlarmOfTaskAsync(this Client client, Guid task) => client.Host.QueryAsync(client.TenantId, db => db.Tasks.Where(t => t.Id == task).Select(t => t.AlarmAt).SingleAsync());

    public static Task<DateTimeOffset?> AlarmOfDealAsync(this Client client, Guid deal) => client.Host.QueryAsync(client.TenantId, db => db.Deals.Where(d => d.Id == deal).Select(d => d.AlarmAt).SingleAsync());

    /// <summary>Waits until a record's events are as many, while somebody rings by himself.</summary>
    public static async Task<List<string>> EventsAsync(this Client client, Guid record, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var events = await client.EventsAsync(record);
            if (events.Count >= count) return events;
            await Task.Delay(50, patience.Token);
        }
    }

    public static Task WriteAsync(this Client client, Func<CrmDbContext, Task> write) => client.Host.QueryAsync(client.TenantId, db => db.InTransactionAsync(
        async () =>
        {
            await write(db);
            return true;
        },
        CancellationToken.None));
}
