using Crm.Contracts.Pipelines;

namespace Crm.Tests.Analytics;

/// <summary>Something that is done, or the passing of time. Deals are told by a number, counted round among those that it can be done to.</summary>
internal abstract record Operation
{
    /// <summary>The same with less to it.</summary>
    public virtual IEnumerable<Operation> Simpler() => [];
}

/// <summary>What a member of a deal changes to.</summary>
internal sealed record To<T>(T Value)
{
    public override string ToString() => $"to {(object?)Value ?? "null"}";
}

/// <summary>Makes a deal, open or closed.</summary>
/// <param name="ClosesIn">Days from today to the day on which it is expected to close.</param>
/// <param name="Stage">Which of the stages of the kind.</param>
/// <param name="Reason">Why it was lost, where it was.</param>
/// <param name="ClosedHoursAgo">When it was closed, where it is; null for now.</param>
internal sealed record Create(
    decimal? Value, string Currency, int? Probability, int? ClosesIn, string? Owner, int Pipeline, StageKind Kind, int Stage, string Reason, int? ClosedHoursAgo, int? Lead) : Operation
{
    public override IEnumerable<Operation> Simpler()
    {
        Create[] simpler =
        [
            this with { Value = 1 }, this with { Currency = "EUR" }, this with { Probability = null }, this with { ClosesIn = null }, this with { Owner = "ada" },
            this with { Pipeline = 0 }, this with { Kind = StageKind.Open }, this with { Stage = 0 }, this with { ClosedHoursAgo = null }, this with { Lead = null },
        ];
        return simpler.Where(one => one != this);
    }
}

/// <summary>Changes members by a PATCH, the stage perhaps among them.</summary>
internal sealed record Change(int Deal, To<decimal?>? Value, To<string>? Currency, To<string?>? Owner, To<int?>? ClosesIn, To<int?>? Probability, To<int>? Stage, string Reason) : Operation
{
    public override IEnumerable<Operation> Simpler()
    {
        Change[] simpler =
        [
            this with { Value = null }, this with { Currency = null }, this with { Owner = null }, this with { ClosesIn = null }, this with { Probability = null }, this with { Stage = null },
        ];
        return simpler.Where(one => one != this);
    }
}

/// <summary>Moves to any stage of the deal's pipeline.</summary>
internal sealed record Move(int Deal, int Stage, string Reason, int? ClosedHoursAgo) : Operation;

/// <summary>Moves a closed deal, if there is one, to an open stage.</summary>
internal sealed record Reopen(int Deal, int Stage) : Operation;

/// <summary>Puts a deal into the other pipeline.</summary>
internal sealed record Transfer(int Deal) : Operation;

internal sealed record Delete(int Deal) : Operation;

internal sealed record Restore(int Deal) : Operation;

/// <summary>Changes what an open stage of a pipeline means.</summary>
internal sealed record Revise(int Pipeline, int Stage, int Probability, int? RottingDays) : Operation;

/// <summary>Tells that a lead came from elsewhere.</summary>
internal sealed record Rebrand(int Lead, string Source) : Operation;

/// <summary>Tells what one unit of a currency is in another, from a day on; null for that it isn't known.</summary>
/// <param name="Day">Days from today.</param>
internal sealed record Tell(string From, string To, int Day, decimal? Rate) : Operation;

/// <summary>Changes the tenant's time zone.</summary>
internal sealed record Relocate(string Zone) : Operation;

internal sealed record Wait(TimeSpan Time) : Operation
{
    public override IEnumerable<Operation> Simpler()
    {
        TimeSpan[] shorter = [TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromSeconds(1)];
        return shorter.Where(time => time < Time).Select(time => new Wait(time));
    }
}

/// <summary>What is done in a tenant from its beginning on, and what is asked about it.</summary>
internal sealed record History(string Zone, List<Operation> Operations, List<Question> Questions)
{
    /// <summary>Others that may fail in the same way, the much shorter ones first.</summary>
    public IEnumerable<History> Simpler() =>
        Fewer(Questions).Where(questions => questions.Count > 0).Select(questions => this with { Questions = questions })
            .Concat(Fewer(Operations).Select(operations => this with { Operations = operations }))
            .Concat(Operations.SelectMany((operation, i) => operation.Simpler().Select(simpler => this with { Operations = [.. Operations.Take(i), simpler, .. Operations.Skip(i + 1)] })));

    public override string ToString()
    {
        string[] lines = [$"In {Zone}", .. Operations.Select((operation, i) => $"  {i}: {operation}"), "and asked", .. Questions.Select(question => $"  {question}")];
        return string.Join('\n', lines);
    }

    private static IEnumerable<List<T>> Fewer<T>(List<T> all)
    {
        for (var size = (all.Count + 1) / 2; size > 0; size /= 2)
        {
            for (var start = 0; start < all.Count; start += size) yield return [.. all.Take(start), .. all.Skip(start + size)];
        }
    }
}
