using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Teams;
using Crm.Services.Teams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Teams;

internal static class TeamRoutes
{
    public static void MapTeams(this IEndpointRouteBuilder api)
    {
        var teams = api.MapGroup("/teams").WithTags("Teams");
        teams.MapGet("/", List).WithName("ListTeams").WithSummary("List teams").RequireRole(Role.Viewer);
        teams.MapPost("/", Create).WithName("CreateTeam").WithSummary("Create a team").RequireRole(Role.Admin);
        teams.MapGet("/{id:guid}", Get).WithName("GetTeam").WithSummary("Get a team").RequireRole(Role.Viewer);
        teams.MapPatch("/{id:guid}", Change).WithName("ChangeTeam").WithSummary("Change the name or the members of a team").RequireRole(Role.Admin);
        teams.MapDelete("/{id:guid}", Delete).WithName("DeleteTeam").WithSummary("Delete a team").RequireRole(Role.Admin);
    }

    private static async Task<Found<Page<TeamView>>> List(QueryOf<TeamQuery> query, TeamService teams, CancellationToken ct) =>
        Answers.Found(await teams.ListAsync(query.Value, ct));

    /// <summary>Those in a team see each other's records where the tenant's <c>visibility</c> is <c>TEAM</c>, from their next request on.</summary>
    private static async Task<Made<TeamView>> Create(Body<TeamFields> body, TeamService teams, CancellationToken ct) =>
        Answers.Made("teams", await teams.CreateAsync(body.Value, ct));

    private static async Task<Found<TeamView>> Get(Guid id, TeamService teams, CancellationToken ct) =>
        Answers.Found((await teams.FindAsync(id, ct)).OrNotFound("team", id));

    /// <summary>A merge patch: what is left out stays. <c>memberIds</c> replaces all who are in the team.</summary>
    private static async Task<Found<TeamView>> Change(Guid id, MergePatch<TeamFields> body, IfMatch ifMatch, TeamService teams, CancellationToken ct) =>
        Answers.Found(await teams.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>For good: a team isn't restored, and its goals go with it. Its members stay, and so does what they own.</summary>
    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, TeamService teams, CancellationToken ct)
    {
        await teams.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }
}
