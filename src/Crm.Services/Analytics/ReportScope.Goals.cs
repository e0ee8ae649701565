using Crm.Database.Goals;
using Crm.Services.Lists;

namespace Crm.Services.Analytics;

internal sealed partial class ReportScope
{
    /// <summary>Whose deals alone the report is of, besides its filters; null for everybody's.</summary>
    public IReadOnlyList<string>? Owners { get; init; }

    /// <summary>Who was in teams at the instant.</summary>
    public Task<IReadOnlyDictionary<Guid, IReadOnlyList<string>>> MembersAsync(IReadOnlyCollection<Guid> teams, CancellationToken ct) => new TeamHistory(db, asOf).MembersAsync(teams, ct);

    /// <summary>The goals that there were, of those that the caller may see, and for deals that no filter leaves out.</summary>
    public IQueryable<GoalSnapshot> Goals
    {
        get
        {
            var goals = At(db.GoalSnapshots).Where(goal => !goal.IsDeleted);
            if (query.OwnerId is { } owners) goals = goals.Where(goal => goal.OwnerId != null).OfMembers(owners, goal => goal.OwnerId, caller);
            if (query.PipelineId is { } pipelines) goals = goals.Where(goal => goal.PipelineId != null && pipelines.Contains(goal.PipelineId.Value));
            if (query.Source is not null) goals = goals.Where(_ => false); // a goal is for deals of all sources
            if (caller.Sight is not { } seen) return goals;
            var user = caller.UserId;
            return goals.Where(goal => (goal.OwnerId != null && seen.Contains(goal.OwnerId)) || db.TeamMembers.Any(member => member.TeamId == goal.TeamId && member.UserId == user));
        }
    }
}
