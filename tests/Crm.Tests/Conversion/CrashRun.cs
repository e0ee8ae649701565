using System.Diagnostics;
using System.Net;
using Crm.Contracts.Conversion;
using Crm.Contracts.Leads;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Crm.Tests.Conversion;

/// <summary>What a kill came to in the end, and how long after the restart that was.</summary>
internal sealed record Recovery(int Customers, int Converted, int Deals, int Events, int Completed, TimeSpan Time);

/// <summary>Kills the program at a place, starts it anew and sees how the conversion ends; each time for another tenant of one database.</summary>
internal sealed class CrashRun(Crash crash, CrmHost window)
{
    private const string Key = "one";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>What SIGKILL leaves as a process's exit code: 128 and the signal's number.</summary>
    private const int Killed = 128 + 9;

    /// <summary>Starting takes the machine's cores, waiting for the end of a lease doesn't: many may wait, and few start.</summary>
    private static readonly SemaphoreSlim Starts = new(2);

    public static async Task<IReadOnlyList<Recovery>> ManyAsync(Crash crash, Database database, int times)
    {
        await using var window = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var run = new CrashRun(crash, window);
        var recoveries = new List<Recovery>();
        for (var misses = 0; recoveries.Count < times;)
        {
            if (await run.OnceAsync() is { } recovery) recoveries.Add(recovery);
            else (++misses).ShouldBeLessThan(times + 2, "the machine is too slow to kill the program while its caller waits");
        }

        return recoveries;
    }

    /// <summary>One kill and what comes of it; null where it wasn't at the place.</summary>
    private async Task<Recovery?> OnceAsync()
    {
        await using var registry = crash.IsEmbedded ? null : await StubRegistry.StartAsync();
        var user = window.NewTenant();
        if (await KillAsync(registry, user) is not var (lead, before)) return null;

        await using var program = ProgramCalls.Start(window, registry);
        using var http = await program.HttpAsync(user);
        var sinceRestart = Stopwatch.StartNew();
        if (crash.Left is null) (await user.GetAsync($"/api/leads/{lead}")).Text.ShouldBe(before);
        var key = crash.IsAskedAnew ? "another" : Key;
        var answer = await EndAsync(user, () => http.ConvertAsync(lead, key), sinceRestart);
        var time = sinceRestart.Elapsed;

        if (crash.Left is not null) answer.ShouldBe(HttpStatusCode.OK)["state"].GetString().ShouldBe("COMPLETED");
        (await http.ConvertAsync(lead, key)).ShouldBe(answer.Status).Bytes.ShouldBe(answer.Bytes);
        (await user.GetAsync($"/api/leads/{lead}"))["customerId"].GetString().ShouldBe(registry?.Made.First().Id ?? await CustomerAsync(user));
        await Invariants.AssertAsync(window, user.TenantId);
        return await CountAsync(registry, user, lead, time);
    }

    /// <summary>Has the program killed while it converts a lead, and makes sure that it was at the place.</summary>
    /// <returns>The lead, and what was told of it before; null where the machine was so slow that the caller was told to wait, before the program got to the place.</returns>
    private async Task<(Guid Lead, string Before)?> KillAsync(StubRegistry? registry, Client user)
    {
        await Starts.WaitAsync();
        try
        {
            await using var program = ProgramCalls.Start(window, registry, crash.Point);
            using var http = await program.HttpAsync(user);
            var lead = await user.MakeAsync("leads", new { lastName = "Lovelace" });
            var before = (await user.GetAsync($"/api/leads/{lead}")).Text;
            if (registry is not null) crash.Prepare(registry, program);

            var asked = http.ConvertAsync(lead, Key);

            (await program.EndAsync()).ShouldBe(Killed);
            if (await AnswerAsync(asked) is { } answer)
            {
                answer.ShouldBe(HttpStatusCode.Accepted);
                return null;
            }

            // Killed between keeping that answer under the key and sending it: whoever asks again by the key is told the same.
            if (await window.QueryAsync(user.TenantId, db => db.IdempotencyKeys.AnyAsync(k => k.Status == (int)HttpStatusCode.Accepted))) return null;

            var left = await window.QueryAsync(user.TenantId, db => db.Conversions.AsNoTracking().SingleOrDefaultAsync());
            (left?.State, left?.Lease is not null, left?.Problem, await MadeAsync(registry, user, lead))
                .ShouldBe((crash.Left, crash.Left == ConversionState.Pending, null, crash.Made));
            return (lead, before);
        }
        finally
        {
            Starts.Release();
        }
    }

    /// <summary>What came of a request; null where the program died of it.</summary>
    private static async Task<Answer?> AnswerAsync(Task<Answer> asked)
    {
        try
        {
            return await asked;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>
    /// The conversion's answer, at its end. What is pending ends by itself before anybody asks; what is completed is answered at once; where nothing was
    /// stored, whoever asks by the same key does so until the first request is given up, and may be told to wait.
    /// </summary>
    private async Task<Answer> EndAsync(Client user, Func<Task<Answer>> convert, Stopwatch sinceRestart)
    {
        if (crash.Left is not null) await WhileAsync(IsPendingAsync);
        var answer = await convert();
        await WhileAsync(async () =>
        {
            if (crash is not { Left: null, IsAskedAnew: false } || answer.Status != HttpStatusCode.Conflict) return false;
            answer.ShouldFail(HttpStatusCode.Conflict, "request-in-progress");
            answer = await convert();
            return true;
        });
        if (crash.Left is null) await WhileAsync(IsPendingAsync);
        return answer;

        Task<bool> IsPendingAsync() => window.QueryAsync(user.TenantId, db => db.Conversions.AnyAsync(c => c.State == ConversionState.Pending));

        async Task WhileAsync(Func<Task<bool>> goesOn)
        {
            while (sinceRestart.Elapsed < Patience && await goesOn()) await Task.Delay(Pause);
        }
    }

    private async Task<Recovery> CountAsync(StubRegistry? registry, Client user, Guid lead, TimeSpan time)
    {
        var customers = await MadeAsync(registry, user, lead);
        return await window.QueryAsync(user.TenantId, async db => new Recovery(
            customers,
            await db.Leads.CountAsync(l => l.Status == LeadStatus.Converted),
            await db.Deals.CountAsync(d => d.LeadId == lead),
            await db.Events.CountAsync(e => e.Type == "lead.converted"),
            await db.Conversions.CountAsync(c => c.State == ConversionState.Completed),
            time));
    }

    private async Task<int> MadeAsync(StubRegistry? registry, Client user, Guid lead) =>
        registry?.Made.Count(made => made.Reference == $"lead:{lead}") ?? await window.QueryAsync(user.TenantId, db => db.Customers.CountAsync());

    private async Task<string> CustomerAsync(Client user) => $"{await window.QueryAsync(user.TenantId, db => db.Customers.Select(c => c.Id).SingleAsync())}";
}
