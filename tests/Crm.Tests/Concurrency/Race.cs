using System.Net;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Crm.Tests.Concurrency;

internal static class Race
{
    /// <summary>Starts so many of something at once, and waits for all.</summary>
    public static Task<T[]> OfAsync<T>(int count, Func<int, Task<T>> start)
    {
        var gun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runners = Enumerable.Range(0, count).Select(async i =>
        {
            await gun.Task;
            return await start(i);
        }).ToList();
        gun.SetResult();
        return Task.WhenAll(runners);
    }

    /// <summary>Asks again for as long as the request that goes by the same key is running.</summary>
    public static async Task<Answer> UntilAnsweredAsync(Func<Task<Answer>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await ask();
            if (answer.Status != HttpStatusCode.Conflict || answer.Code != "request-in-progress") return answer;
            answer.Headers["Retry-After"].ShouldBe("1");
            attempt.ShouldBeLessThan(500, "the request never ends");
            await Task.Delay(20);
        }
    }

    /// <summary>Each event of a record: its type, and the version that it made.</summary>
    public static Task<List<(string Type, int Version, string Changes)>> EventRowsAsync(this Client client, Guid recordId) => client.Host.QueryAsync(client.TenantId, async db =>
        (await db.Events.Where(e => e.RecordId == recordId).OrderBy(e => e.Version).ToListAsync()).ConvertAll(e => (e.Type, e.Version!.Value, e.Changes)));
}
