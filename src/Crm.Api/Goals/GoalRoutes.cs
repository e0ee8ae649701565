using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Api.OpenApi;
using Crm.Contracts.Goals;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Goals;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Goals;

internal static class GoalRoutes
{
    public static void MapGoals(this IEndpointRouteBuilder api)
    {
        var goals = api.MapGroup("/goals").WithTags("Goals");
        goals.MapGet("/", List).WithName("ListGoals").WithSummary("List goals").RequireRole(Role.Viewer);
        goals.MapPost("/", Create).WithName("CreateGoal").WithSummary("Create a goal").WithMetadata(new OwnFailures(Failures.GoalExistsOrRunning)).RequireRole(Role.Manager);
        goals.MapGet("/{id:guid}", Get).WithName("GetGoal").WithSummary("Get a goal").RequireRole(Role.Viewer);
        goals.MapPatch("/{id:guid}", Change).WithName("ChangeGoal").WithSummary("Change a goal").WithMetadata(new OwnFailures(Failures.GoalExists)).RequireRole(Role.Manager);
        goals.MapDelete("/{id:guid}", Delete).WithName("DeleteGoal").WithSummary("Delete a goal").RequireRole(Role.Manager);
    }

    /// <summary>A rep with a narrowed sight sees the goals of members in sight, and those of the rep's own teams. How far each has been attained the forecast and the leaderboard tell.</summary>
    private static async Task<Found<Page<GoalView>>> List(QueryOf<GoalQuery> query, GoalService goals, CancellationToken ct) =>
        Answers.Found(await goals.ListAsync(query.Value, ct));

    /// <summary>There is one goal at most for the same owner or team, period, metric, currency and pipeline.</summary>
    private static async Task<Made<GoalView>> Create(Body<GoalFields> body, GoalService goals, CancellationToken ct) =>
        Answers.Made("goals", await goals.CreateAsync(body.Value, ct));

    private static async Task<Found<GoalView>> Get(Guid id, GoalService goals, CancellationToken ct) =>
        Answers.Found((await goals.FindAsync(id, ct)).OrNotFound("goal", id));

    /// <summary>A merge patch: what is left out stays. Reports of earlier instants have the goal as it was then.</summary>
    private static async Task<Found<GoalView>> Change(Guid id, MergePatch<GoalFields> body, IfMatch ifMatch, GoalService goals, CancellationToken ct) =>
        Answers.Found(await goals.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>For good: a goal isn't restored. Reports of earlier instants have it still.</summary>
    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, GoalService goals, CancellationToken ct)
    {
        await goals.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }
}
