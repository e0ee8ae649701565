using Crm.Contracts.Deals;

namespace Crm.Tests.Analytics;

/// <summary>A stay of a deal in a stage.</summary>
/// <param name="Stage">The stage's key.</param>
/// <param name="Begin">When the deal entered.</param>
/// <param name="End">When it left, which is when the next stay began; null while it stands there.</param>
internal sealed record Stay(string Stage, DateTimeOffset Begin, DateTimeOffset? End)
{
    /// <summary>The stays that a deal's story tells, in their order: those in the pipeline that the deal is in at its end.</summary>
    public static List<Stay> Of(List<Entry> story)
    {
        var begun = new List<DealView>();
        foreach (var entry in story)
        {
            if (begun.Count == 0 || !IsSame(begun[^1], entry.Deal)) begun.Add(entry.Deal);
        }

        var stays = new List<Stay>();
        for (var i = 0; i < begun.Count; i++)
        {
            DateTimeOffset? end = i == begun.Count - 1 ? null : begun[i + 1].StageEnteredAt;
            if (begun[i].PipelineId == begun[^1].PipelineId) stays.Add(new Stay(begun[i].Stage, begun[i].StageEnteredAt, end));
        }

        return stays;
    }

    private static bool IsSame(DealView one, DealView other) =>
        one.PipelineId == other.PipelineId && one.Stage == other.Stage && one.StageEnteredAt == other.StageEnteredAt;
}
