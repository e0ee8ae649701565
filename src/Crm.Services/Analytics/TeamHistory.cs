using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;
using Crm.Database;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>Who was in teams at an instant: who is, with what was changed since then undone.</summary>
internal sealed class TeamHistory(CrmDbContext db, DateTimeOffset asOf)
{
    private static readonly string[] Types = [EventTypes.TeamCreated, EventTypes.TeamChanged, EventTypes.TeamDeleted];

    /// <summary>The ids of the members of teams, also of those that are no more; nobody's of what is no team.</summary>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<string>>> MembersAsync(IReadOnlyCollection<Guid> teams, CancellationToken ct)
    {
        var (instant, subjects) = (asOf, teams.Select(team => $"{team}").ToList());
        var present = (await db.TeamMembers.AsNoTracking().Where(member => teams.Contains(member.TeamId)).Select(member => new { member.TeamId, member.UserId }).ToListAsync(ct)).ToLookup(member => member.TeamId, member => member.UserId);
        var members = teams.ToDictionary(team => team, team => (IReadOnlyList<string>)[.. present[team]]);
        var later = await db.Events.Where(e => Types.Contains(e.Type) && e.OccurredAt > instant && subjects.Contains(e.SubjectId!))
            .OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id).Select(e => new { e.SubjectId, e.Changes }).ToListAsync(ct);
        foreach (var change in later)
        {
            if (Before(change.Changes) is { } before) members[Guid.Parse(change.SubjectId!)] = before;
        }

        return members;
    }

    /// <summary>Who was in a team before a change of it; null where that is as behind it.</summary>
    private static List<string>? Before(string changes)
    {
        if (!JsonSerializer.Deserialize<Dictionary<string, FieldChange>>(changes, CrmJson.Options)!.TryGetValue("memberIds", out var change)) return null;
        return change.From is { } from ? from.Deserialize<List<string>>(CrmJson.Options)! : [];
    }
}
