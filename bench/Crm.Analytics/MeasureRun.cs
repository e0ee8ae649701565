namespace Crm.Analytics;

/// <summary>How long reports take one after the other, over one connection; prints a table for each who asks.</summary>
internal static class MeasureRun
{
    /// <summary>For each tenant. With the two of them a statement is prepared on its connection by then, and has its plan for good.</summary>
    private const int WarmUps = 12;

    private const int AtLeast = 3;

    /// <summary>How long both tenants are asked for one report, once there are enough answers.</summary>
    private const double Patience = 30_000;

    public static async Task RunAsync(Tenant large, Tenant typical, int repetitions)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (today, then, asked) = (DateOnly.FromDateTime(now.UtcDateTime), now.AddDays(-90), 0);
        await PrintAsync("As an admin, of now", Report.Of(today), null, false);
        await PrintAsync("As a rep who sees the rep's own deals, of now", Report.Of(today), null, true);
        await PrintAsync("As an admin, of 90 days ago", Report.Of(today.AddDays(-90)), then, false);

        async Task PrintAsync(string who, IReadOnlyList<Report> reports, DateTimeOffset? asOf, bool asRep)
        {
            Console.WriteLine($"\n## {who}\n");
            Console.WriteLine("| report | large p50 ms | p95 ms | kept p50 ms | bytes | typical p50 ms | p95 ms | kept p50 ms | bytes | p50 large ÷ typical |");
            Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
            foreach (var report in reports)
            {
                var made = await MeasureAsync(() => report.AsOf(Next()), asRep);
                var always = report.AsOf(Next());
                var kept = report.IsKept ? await MeasureAsync(() => always, asRep) : default;
                var row = $"| {report.Name} | {Cells(made.Large, kept.Large)} | {Cells(made.Typical, kept.Typical)} | {made.Large.Over(made.Typical)} |";
                Console.WriteLine(row);
                Console.Error.WriteLine($"{who}: {row}");
            }

            // Another instant each time, so that nothing is kept of it; nothing has changed in between.
            DateTimeOffset Next() => asOf is { } past ? past.AddMicroseconds(++asked) : TimeProvider.System.GetUtcNow();
        }

        // The tenants in turn, so that whatever else the machine does hits both alike.
        async Task<(Seen Large, Seen Typical)> MeasureAsync(Func<string> path, bool asRep)
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
                        var answer = await tenant.AskAsync(path(), asRep);
                        tell(seen, answer);
                        spent += answer.Milliseconds;
                    }
                }
            }
        }
    }

    private static string Cells(Seen made, Seen? kept) => $"{made.Times} | {kept?.Half ?? ""} | {made.Bytes}";
}
