using Crm.Tests.Input;
using Crm.Tests.Kit;
using FsCheck;
using FsCheck.Fluent;

namespace Crm.Tests.Analytics;

/// <summary>
/// Plays histories by chance, the same for the same CRM_FUZZ_SEED, each in a tenant of its own, by one clock that goes on from each to the next. The tokens of all are made before it
/// goes on, as they are valid by the real one.
/// </summary>
internal sealed class HistoryRuns(SettableClock clock, CrmHost host, int histories)
{
    /// <summary>How many shorter histories are tried when one fails.</summary>
    private const int MostTries = 150;

    /// <summary>What FsCheck's generator of chance steps by: some odd number.</summary>
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private readonly Queue<Team> teams = new(Enumerable.Range(0, histories + MostTries).Select(_ => Team.Of(host)));

    /// <summary>Asserts that something holds for random histories; where it doesn't, tells the shortest that it found.</summary>
    public static async Task CheckAsync(Database database, int histories, Func<Play, Task> holds)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var runs = new HistoryRuns(clock, host, histories);
        await Task.Run(() => Prop.ForAll(HistoryGenerator.Histories, history => runs.TryAsync(history, holds))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(histories).WithReplay((ulong)Fuzzing.Seed, Gamma).WithQuietOnSuccess(true)));
    }

    /// <summary>Without a tenant that is left there is nothing to fail.</summary>
    private Task TryAsync(History history, Func<Play, Task> holds) =>
        teams.TryDequeue(out var team) ? holds(new Play(team, clock, history)) : Task.CompletedTask;
}
