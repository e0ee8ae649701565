using Crm.Contracts.Deals;
using Crm.Contracts.Pipelines;

namespace Crm.Tests.Analytics;

/// <summary>What the ledger held at an instant, of the deals that a question is about: what every report can be added up from.</summary>
internal sealed class Book
{
    private readonly Conversion money;

    public Book(Ledger ledger, Question question, DateTimeOffset at)
    {
        (At, Question, Circumstances) = (at, question, ledger.On(at));
        money = new Conversion(question.Currency, ledger.RatesAt(at));
        Stories = ledger.Stories(at).FindAll(story => IsChosen(story[^1].Deal)).ConvertAll(story => story.ConvertAll(Converted));
    }

    public DateTimeOffset At { get; }

    public Question Question { get; }

    public Circumstances Circumstances { get; }

    public DateOnly Today => Circumstances.DayOf(At);

    public DateOnly From => Today.AddDays(Question.From);

    public DateOnly To => Today.AddDays(Question.To);

    /// <summary>Of amounts of nothing.</summary>
    public string Currency => Question.Currency ?? Circumstances.Currency;

    /// <summary>All that had happened to each deal, deleted ones too.</summary>
    public List<List<Entry>> Stories { get; }

    /// <summary>The same without those that are deleted.</summary>
    public List<List<Entry>> Living => Stories.FindAll(story => !story[^1].IsDeleted);

    /// <summary>The deals that there are, as they are.</summary>
    public List<Entry> Deals => Living.ConvertAll(story => story[^1]);

    /// <summary>The pipelines that the question is about, the default first.</summary>
    public List<PipelineView> Pipelines => Circumstances.Pipelines.FindAll(pipeline => AsksOf(pipeline.Id));

    /// <summary>Whether the question is about deals of a pipeline.</summary>
    public bool AsksOf(Guid pipeline) => Question.Pipeline is not { } number || Circumstances.Pipelines[number].Id == pipeline;

    public StageKind KindOf(Entry entry) => Circumstances.StageOf(entry.Deal).Kind;

    public DateOnly? ClosedOn(Entry entry) => entry.Deal.ClosedAt is { } at ? Circumstances.DayOf(at) : null;

    /// <summary>All that had happened to the deals that there are in a pipeline.</summary>
    public List<List<Entry>> LivingIn(PipelineView pipeline) => Living.FindAll(story => story[^1].Deal.PipelineId == pipeline.Id);

    /// <summary>Whether a day is one of those that the question is about.</summary>
    public bool IsWithin(DateOnly? day) => day >= From && day <= To;

    public bool IsRotting(Entry entry) =>
        entry.IsOpen && Circumstances.StageOf(entry.Deal).RottingDays is { } days && entry.Deal.StageEnteredAt.AddDays(days) < At;

    /// <summary>How long a deal has stood in its stage, earlier stays included.</summary>
    public TimeSpan TimeInStage(List<Entry> story)
    {
        var stays = Stay.Of(story);
        var time = TimeSpan.Zero;
        foreach (var stay in stays)
        {
            if (stay.Stage == stays[^1].Stage) time += (stay.End ?? At) - stay.Begin;
        }

        return time;
    }

    public Sums Sum(IEnumerable<Entry> entries)
    {
        var sums = new Sums();
        foreach (var entry in entries) sums.Add(entry.Deal.Currency, entry.Amount);
        return sums;
    }

    public Sums Weigh(IEnumerable<Entry> entries)
    {
        var sums = new Sums();
        foreach (var entry in entries)
        {
            var percent = entry.Deal.Probability ?? Circumstances.StageOf(entry.Deal).Probability;
            sums.Add(entry.Deal.Currency, Math.Round(entry.Amount * percent / 100m, 4, MidpointRounding.ToEven));
        }

        return sums;
    }

    /// <summary>With the amount that counts: a closed deal's by the day of closing, but for the movement.</summary>
    private Entry Converted(Entry entry)
    {
        var day = Question.Report == "movement" ? null : ClosedOn(entry);
        var (currency, amount) = money.Of(entry.Deal.Currency, entry.Amount, day ?? Today);
        return entry with { Deal = entry.Deal with { Currency = currency, Value = amount } };
    }

    private static bool IsAmong(string? choices, string? one) => choices is null || choices.Split(',').Any(choice => choice == one);

    private bool IsChosen(DealView deal)
    {
        var owner = deal.OwnerId ?? "none";
        return AsksOf(deal.PipelineId)
            && (IsAmong(Question.Owners, owner) || (Question.Owners == "me" && owner == "ada"))
            && IsAmong(Question.Sources, Circumstances.SourceOf(deal));
    }
}
