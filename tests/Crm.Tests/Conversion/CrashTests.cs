using System.Globalization;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>
/// The program killed (SIGKILL) at each step of a conversion. CRM_CRASHES sets how often at each (bin/crashes: 20), CRM_REPORT the
/// folder where what came of it is written.
/// </summary>
public sealed class CrashTests
{
    private static readonly int Times = int.Parse(Environment.GetEnvironmentVariable("CRM_CRASHES") ?? "1", CultureInfo.InvariantCulture);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Theory, EachDatabase]
    public async Task Killed_at_any_step_it_makes_one_customer_soon_after_the_restart(Database database)
    {
        var runs = Crash.All.Select(crash => (Crash: crash, Recoveries: CrashRun.ManyAsync(crash, database, Times))).ToList();
        await Task.WhenAll(runs.Select(run => (Task)run.Recoveries)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var ended = new List<(Crash Crash, IReadOnlyList<Recovery> Recoveries)>();
        foreach (var (crash, recoveries) in runs.Where(run => run.Recoveries.IsCompletedSuccessfully)) ended.Add((crash, await recoveries));
        await Report.WriteAsync("crashes", database, ended.Select(one => Row(one.Crash, one.Recoveries, Report.NameOf(database))));

        string.Join('\n', runs.Where(run => run.Recoveries.IsFaulted).Select(run => $"Killed {run.Crash}: {run.Recoveries.Exception!.InnerException}")).ShouldBeEmpty();
        foreach (var (crash, recoveries) in ended)
        {
            recoveries.Select(r => r with { Time = default }).ShouldAllBe(r => r == new Recovery(1, 1, 1, 1, 1, default), $"{crash}");
            recoveries.Max(r => r.Time).ShouldBeLessThan(Longest, $"{crash}");
        }
    }

    private static string Row(Crash crash, IReadOnlyList<Recovery> all, string database) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {crash} | {database} | {all.Count} | {all.Sum(r => r.Customers)} | {all.Sum(r => r.Converted)} | {all.Sum(r => r.Deals)} | {all.Sum(r => r.Events)} | {all.Max(r => r.Time).TotalSeconds:0.0} |");
}
