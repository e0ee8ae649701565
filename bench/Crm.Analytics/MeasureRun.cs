namespace Crm.Analytics;

/// <summary>How long reports take one after the other, over one connection; prints a table for each who asks.</summary>
internal static class MeasureRun
{
    /// <summary>For each tenant. With the two of them a statement is prepared on its connection by then, and has its plan for good.</summary>
    private const int WarmUps = 6;

    private const int AtLeast = 3;

    /// <summary>How long both tenants are asked for one report, once there are enough answers.</summary>
    private const double Patience = 30_000;

    public static async Task RunAsync(Tenant large, Tenant typical, int repetitions)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (today, then) = (DateOnly.FromDateTime(now.UtcDateTime), now.AddDays(-90));
        await PrintAsync("As an admin, of now", Report.Of(today), false);
        await PrintAsync("As a rep who sees the rep's own deals, of now", Report.Of(today), true);
        await PrintAsync("As an admin, of 90 days ago", Report.Of(today.AddDays(-90), then), false);

        async Task PrintAsync(string who, IReadOnlyList<Report> reports, bool asRep)
        {
            Console.WriteLine($"\n## {who}\n");
            Console.WriteLine("| report | large p50 ms | p95 ms | bytes | typical p50 ms | p95 ms | bytes | p50 large ÷ typical |");
            Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
            foreach (var report in reports)
            {
                var (much, little) = await MeasureAsync(report, asRep);
                var row = $"| {report.Name} | {much} | {little} | {much.Over(little)} |";
                Console.WriteLine(row);
                Console.Error.WriteLine($"{who}: {row}");
            }
        }

        // The tenants in turn, so that whatever else the machine does hits both alike.
        async Task<(Seen Large, Seen Typical)> MeasureAsync(Report report, bool asRep)
        {
            var (much, little) = (new Seen(), new Seen());
            await RepeatAsync(WarmUps, (_, _) => { });
            await RepeatAsync(repetitions, (seen, answer) => seen.Add(answer));
            return (much, little);

            async Task RepeatAsync(int times, Action<Seen, Answer> tell)
            {
                var spent = 0d;
                for (var n = 0; n < times && (n < AtLeast || spent < Patience); n++)
                {
                    foreach (var (tenant, seen) in new[] { (large, much), (typical, little) })
                    {
                        var answer = await tenant.AskAsync(report.Path, asRep);
                        tell(seen, answer);
                        spent += answer.Milliseconds;
                    }
                }
            }
        }
    }
}
