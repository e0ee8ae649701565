using Crm.Contracts;
using Crm.Contracts.Activities;
using Crm.Contracts.Deals;
using Crm.Contracts.Leads;
using Crm.Contracts.Settings;
using Crm.Contracts.Tasks;

namespace Crm.Tests.Analytics;

/// <summary>What became of leads, deals, tasks and activities, as their lists told it after each thing that was done.</summary>
internal sealed class WorkLedger
{
    public Stories<LeadView> Leads { get; } = new();

    public Stories<DealView> Deals { get; } = new();

    public Stories<TaskView> Tasks { get; } = new();

    public Stories<ActivityView> Activities { get; } = new();

    /// <summary>The settings, from when on.</summary>
    public List<(DateTimeOffset At, SettingsView Settings)> Settings { get; } = [];

    /// <summary>When something was done.</summary>
    public List<DateTimeOffset> Instants { get; } = [];
}

/// <summary>The records of a kind, each with what it was from when on.</summary>
internal sealed class Stories<T> where T : RecordView
{
    private readonly Dictionary<Guid, List<(DateTimeOffset At, T View, bool IsDeleted)>> stories = [];

    public List<Guid> Ids => [.. stories.Keys];

    /// <summary>Notes what differs from what was noted before.</summary>
    /// <param name="at">When it came to differ.</param>
    /// <param name="living">All that aren't deleted.</param>
    public void Note(DateTimeOffset at, IReadOnlyList<T> living)
    {
        foreach (var view in living)
        {
            if (!stories.TryGetValue(view.Id, out var story)) stories.Add(view.Id, story = []);
            if (story.Count == 0 || story[^1].IsDeleted || story[^1].View.Version != view.Version) story.Add((at, view, false));
        }

        foreach (var story in stories.Values.Where(story => !story[^1].IsDeleted && living.All(view => view.Id != story[^1].View.Id))) story.Add((at, story[^1].View, true));
    }

    /// <summary>Those that weren't deleted at an instant.</summary>
    public List<T> Living(DateTimeOffset at) => [.. Latest(at).Where(latest => !latest.IsDeleted).Select(latest => latest.View)];

    /// <summary>One as it was at an instant, deleted or not.</summary>
    public T? Find(Guid? id, DateTimeOffset at) => Latest(at).Select(latest => latest.View).FirstOrDefault(view => view.Id == id);

    private IEnumerable<(DateTimeOffset At, T View, bool IsDeleted)> Latest(DateTimeOffset at) =>
        stories.Values.Select(story => story.FindAll(told => told.At <= at)).Where(story => story.Count > 0).Select(story => story[^1]);
}
