using Crm.Contracts.Pipelines;
using FsCheck;
using FsCheck.Fluent;

namespace Crm.Tests.Analytics;

/// <summary>Random histories: some deals that much happens to, in two currencies and pipelines, and questions about any time of it.</summary>
internal static class HistoryGenerator
{
    private const int MostOperations = 25;
    private const int AsManyQuestions = 6;

    private static readonly string[] Zones = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu"];

    private static readonly Gen<int> Number = Gen.Choose(0, 99);
    private static readonly Gen<string> Zone = Gen.Elements(Zones);
    private static readonly Gen<string> Currency = Gen.Elements("EUR", "EUR", "USD");
    private static readonly Gen<string?> Owner = Gen.Elements<string?>("ada", "bob", "carl", null);
    private static readonly Gen<string> Reason = Gen.Elements("Price", "No budget & no time, 50 % + more", "Timing");

    private static readonly Gen<decimal?> Value = Gen.Frequency(
        (2, Gen.Constant<decimal?>(null)),
        (1, Gen.Constant<decimal?>(999_999_999_999.9999m)),
        (1, Gen.Constant<decimal?>(0.0001m)),
        (1, Gen.Constant<decimal?>(0m)),
        (3, Gen.Choose(1, 100).Select(hundreds => (decimal?)(hundreds * 100m))),
        (8, Gen.Choose(0, 1_000_000_000).Select(units => (decimal?)(units / 10_000m))));

    private static readonly Gen<int?> Probability = Gen.Frequency(
        (4, Gen.Constant<int?>(null)),
        (3, Gen.Elements<int?>(0, 33, 100)),
        (1, Gen.Choose(0, 100).Select(percent => (int?)percent)));

    private static readonly Gen<int?> ClosesIn = Gen.Frequency(
        (2, Gen.Constant<int?>(null)),
        (1, Gen.Elements<int?>(-1, 0, 1)),
        (6, Gen.Choose(-100, 100).Select(days => (int?)days)));

    private static readonly Gen<int?> ClosedHoursAgo = Gen.Frequency(
        (1, Gen.Constant<int?>(null)),
        (1, Gen.Choose(0, 2_000).Select(hours => (int?)hours)));

    private static readonly Gen<Operation> Creating =
        from value in Value
        from currency in Currency
        from probability in Probability
        from closesIn in ClosesIn
        from owner in Owner
        from pipeline in Gen.Elements(0, 0, 1)
        from kind in Gen.Elements(StageKind.Open, StageKind.Open, StageKind.Open, StageKind.Open, StageKind.Won, StageKind.Lost)
        from stage in Number
        from reason in Reason
        from closedHoursAgo in ClosedHoursAgo
        from lead in Gen.Elements<int?>(null, 0, 1)
        select (Operation)new Create(value, currency, probability, closesIn, owner, pipeline, kind, stage, reason, closedHoursAgo, lead);

    private static readonly Gen<Operation> Changing =
        from deal in Number
        from value in Perhaps(Value, 5)
        from currency in Perhaps(Currency, 3)
        from owner in Perhaps(Owner, 2)
        from closesIn in Perhaps(ClosesIn, 2)
        from probability in Perhaps(Probability, 2)
        from stage in Perhaps(Number, 2)
        from reason in Reason
        select (Operation)new Change(deal, value, currency, owner, closesIn, probability, stage, reason);

    private static readonly Gen<Operation> Moving =
        from deal in Number
        from stage in Number
        from reason in Reason
        from closedHoursAgo in ClosedHoursAgo
        select (Operation)new Move(deal, stage, reason, closedHoursAgo);

    private static readonly Gen<Operation> Reopening =
        from deal in Number
        from stage in Number
        select (Operation)new Reopen(deal, stage);

    private static readonly Gen<Operation> Revising =
        from pipeline in Number
        from stage in Number
        from probability in Gen.Choose(0, 100)
        from days in Gen.Elements<int?>(null, 1, 7, 45)
        select (Operation)new Revise(pipeline, stage, probability, days);

    private static readonly Gen<Operation> Rebranding =
        from lead in Number
        from source in Gen.Elements("WEBSITE", "REFERRAL", "EVENT")
        select (Operation)new Rebrand(lead, source);

    private static readonly Gen<Operation> Telling =
        from pair in Gen.Elements(("USD", "EUR"), ("USD", "EUR"), ("EUR", "USD"), ("EUR", "GBP"), ("GBP", "USD"))
        from day in Gen.Frequency((3, Gen.Choose(-90, 1)), (1, Gen.Constant(-400)))
        from rate in Gen.Frequency(
            (1, Gen.Constant<decimal?>(null)),
            (2, Gen.Elements<decimal?>(0.5m, 2m, 0.0000000001m, 99_999_999.9999999999m, 1.00005m)),
            (4, Gen.Choose(1, 2_000_000).Select(units => (decimal?)(units / 1_000_000m))))
        select (Operation)new Tell(pair.Item1, pair.Item2, day, rate);

    private static readonly Gen<Operation> Waiting = Gen.Frequency(
        (2, Gen.Choose(1, 3_600).Select(seconds => (Operation)new Wait(TimeSpan.FromSeconds(seconds)))),
        (3, Gen.Choose(1, 48).Select(hours => (Operation)new Wait(TimeSpan.FromHours(hours)))),
        (3, Gen.Choose(1, 40).Select(days => (Operation)new Wait(TimeSpan.FromDays(days)))));

    private static readonly Gen<Operation> Anything = Gen.Frequency(
        (5, Creating),
        (7, Changing),
        (5, Moving),
        (3, Reopening),
        (1, Number.Select(deal => (Operation)new Transfer(deal))),
        (2, Number.Select(deal => (Operation)new Delete(deal))),
        (2, Number.Select(deal => (Operation)new Restore(deal))),
        (1, Revising),
        (1, Rebranding),
        (3, Telling),
        (1, Zone.Select(zone => (Operation)new Relocate(zone))),
        (6, Waiting));

    private static readonly Gen<(string Report, string? GroupBy)> Asked = Gen.Frequency(
        (2, Gen.Constant<(string, string?)>(("pipeline", null))),
        (3, Gen.Elements<(string, string?)>(("forecast", null), ("forecast", "month"), ("forecast", "quarter"), ("forecast", "owner"))),
        (3, Gen.Elements<(string, string?)>(("win-rate", null), ("win-rate", "owner"), ("win-rate", "source"), ("win-rate", "month"), ("win-rate", "lostReason"))),
        (6, Gen.Elements<(string, string?)>(("funnel", null), ("stages", null), ("velocity", null))),
        (4, Gen.Elements<(string, string?)>(("movement", null), ("movement", "day"), ("movement", "week"), ("movement", "month"), ("movement", "quarter"), ("movement", "year"))));

    private static readonly Gen<Question> Asking =
        from asked in Asked
        from start in Gen.Choose(-Reach(asked.GroupBy).Back, Reach(asked.GroupBy).Ahead)
        from length in Gen.Choose(0, Reach(asked.GroupBy).Length)
        from pipeline in Gen.Elements<int?>(null, null, null, null, 0, 1)
        from owners in Gen.Elements<string?>(null, null, null, null, null, "me", "bob", "none", "carl,none", "ada,bob")
        from sources in Gen.Elements<string?>(null, null, null, null, null, null, "WEBSITE", "REFERRAL", "WEBSITE,EVENT")
        from moment in Gen.Frequency((1, Gen.Constant<int?>(null)), (4, Number.Select(number => (int?)number)))
        from between in Gen.Elements(true, false)
        from currency in Gen.Elements(null, null, "EUR", "EUR", "USD", "GBP")
        select new Question(asked.Report, asked.GroupBy, start, start + length, pipeline, owners, sources, moment, between, currency);

    /// <summary>Begins with deals, as there is little to do without.</summary>
    public static readonly Arbitrary<History> Histories = Arb.From(
        from zone in Zone
        from first in Creating.ListOf(2)
        from more in Gen.Choose(0, MostOperations - 2)
        from others in Anything.ListOf(more)
        from questions in Asking.ListOf(AsManyQuestions)
        select new History(zone, [.. first, .. others], questions),
        history => history.Simpler());

    /// <summary>A change in so many of ten.</summary>
    private static Gen<To<T>?> Perhaps<T>(Gen<T> values, int often) =>
        Gen.Frequency((10 - often, Gen.Constant<To<T>?>(null)), (often, values.Select(value => (To<T>?)new To<T>(value))));

    /// <summary>Days, so few that an answer keeps to a handful of periods.</summary>
    private static (int Back, int Ahead, int Length) Reach(string? groupBy) => groupBy switch
    {
        "day" => (6, 0, 6),
        "week" => (40, 0, 35),
        "quarter" => (300, 100, 400),
        "year" => (700, 100, 800),
        _ => (150, 60, 200),
    };
}
