using Crm.Contracts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Teams;
using Crm.Database;
using Crm.Database.Teams;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Goals;
using Crm.Services.Lists;
using Crm.Services.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Teams;

/// <summary>Members who see each other's records where the tenant's visibility is TEAM.</summary>
public sealed class TeamService(CrmDbContext db, Caller caller, GoalService goals)
{
    internal static readonly Sorting<Team> Sorts = new Sorting<Team>("teams", t => t.Id)
        .By("name", t => t.NameKey)
        .By("createdAt", t => t.CreatedAt);

    public Task<Page<TeamView>> ListAsync(TeamQuery query, CancellationToken ct)
    {
        var teams = db.Teams.AsNoTracking();
        if (query.MemberId is { } named)
        {
            var ids = named.Select(id => caller.Resolve(id)!).ToList();
            teams = teams.Where(t => t.Members.Any(m => ids.Contains(m.UserId)));
        }

        if (Words.Of(query.Search) is { } words) teams = teams.Where(words.In<Team>(t => t.SearchText));
        return teams.ToPageAsync(query, Sorts, TeamViews.Projection, ct);
    }

    public Task<TeamView?> FindAsync(Guid id, CancellationToken ct) =>
        db.Teams.AsNoTracking().Where(t => t.Id == id).Select(TeamViews.Projection).SingleOrDefaultAsync(ct);

    /// <exception cref="CrmException">409 for a name that another team has; 422 for somebody who is no member, with the pointer.</exception>
    public Task<TeamView> CreateAsync(TeamFields fields, CancellationToken ct) => db.UnlessOutrunAsync(
        async () =>
        {
            fields = Resolved(fields);
            var team = new Team(fields, db.Stamp());
            await CheckAsync(team, fields, [], ct);
            db.Add(team);
            db.Audit(EventTypes.TeamCreated, "teams", $"{team.Id}", Differences.Between(null, team.Fields()));
            await db.SaveChangesAsync(ct);
            return TeamViews.Of(team);
        },
        () => null,
        () => NameTaken(fields.Name),
        ct);

    /// <exception cref="CrmException">404; 409 for a name that another team has; 412 where <paramref name="ifMatch"/> is stale; 422 for somebody who is no member, with the pointer.</exception>
    public Task<TeamView> ChangeAsync(Guid id, Changes<TeamFields> change, int? ifMatch, CancellationToken ct) => db.UnlessOutrunAsync(
        async () =>
        {
            var team = await LoadAsync(id, ifMatch, ct);
            var (was, version) = (team.Fields(), team.Version);
            var fields = Resolved(change.ApplyTo(team.Fields()));
            await CheckAsync(team, fields, was.MemberIds, ct);
            team.Change(fields, db.Stamp().At);
            if (team.Version != version) db.Audit(EventTypes.TeamChanged, "teams", $"{id}", Differences.Between(was, team.Fields()));
            await db.SaveChangesAsync(ct);
            return TeamViews.Of(team);
        },
        () => ifMatch is null ? null : CrmException.Stale("team", id),
        () => CrmException.Contended("team", id),
        ct);

    /// <summary>Deletes a team for good, and its goals with it. Its members stay; they see each other's records no longer because of it.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifMatch, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(
            async () =>
            {
                await db.Teams.Where(t => t.Id == id).ForUpdate().Select(t => t.Id).ToListAsync(ct); // waits for who is giving it a goal
                var team = await LoadAsync(id, ifMatch, ct);
                await goals.DeleteOfTeamAsync(id, ct);
                db.Remove(team);
                db.Audit(EventTypes.TeamDeleted, "teams", $"{id}", Differences.Between(team.Fields(), null));
                return await db.SaveChangesAsync(ct);
            },
            ct),
        () => ifMatch is null ? null : CrmException.Stale("team", id),
        () => CrmException.Contended("team", id),
        ct);

    private async Task<Team> LoadAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        var team = await db.Teams.Include(t => t.Members).SingleOrDefaultAsync(t => t.Id == id, ct) ?? throw CrmException.NotFound("team", id);
        return ifMatch is { } version && version != team.Version ? throw CrmException.Stale("team", id) : team;
    }

    private TeamFields Resolved(TeamFields fields) => fields with { MemberIds = [.. fields.MemberIds.Select(id => caller.Resolve(id)!)] };

    /// <summary>Who is in it stays in it; who comes in is a member. No other team has the name.</summary>
    private async Task CheckAsync(Team team, TeamFields fields, IReadOnlyList<string> were, CancellationToken ct)
    {
        var (id, key) = (team.Id, Team.KeyOf(fields.Name));
        if (await db.Teams.AnyAsync(t => t.NameKey == key && t.Id != id, ct)) throw NameTaken(fields.Name);
        var come = fields.MemberIds.Except(were, StringComparer.Ordinal).ToList();
        if (come.Count == 0) return;
        var known = await db.Members.Where(m => come.Contains(m.UserId)).Select(m => m.UserId).ToListAsync(ct);
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (var i = 0; i < fields.MemberIds.Count; i++)
        {
            if (come.Contains(fields.MemberIds[i]) && !known.Contains(fields.MemberIds[i])) faults[$"/memberIds/{i}"] = ["refers to a member that doesn't exist"];
        }

        if (faults.Count > 0) throw new CrmException(FailureKind.Unprocessable, FailureCodes.UnknownReference, $"{faults.Count} of those named are no members; see errors. Users become members when they are seen for the first time.") { Errors = faults };
    }

    private static CrmException NameTaken(string name) =>
        new(FailureKind.Conflict, FailureCodes.NameTaken, $"Another team is called {name} already, case ignored. Choose another name.");
}
