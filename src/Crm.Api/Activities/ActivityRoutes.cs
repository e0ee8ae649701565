using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Activities;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Activities;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Activities;

internal static class ActivityRoutes
{
    public static void MapActivities(this IEndpointRouteBuilder api)
    {
        var activities = api.MapGroup("/activities").WithTags("Activities");
        activities.MapGet("/", List).WithName("ListActivities").WithSummary("List activities").RequireRole(Role.Viewer);
        activities.MapPost("/", Log).WithName("LogActivity").WithSummary("Log an activity").RequireRole(Role.Rep);
        activities.MapGet("/{id:guid}", Get).WithName("GetActivity").WithSummary("Get an activity").RequireRole(Role.Viewer);
        activities.MapPut("/{id:guid}", Replace).WithName("ReplaceActivity").WithSummary("Replace what is writable of an activity").RequireRole(Role.Rep);
        activities.MapPatch("/{id:guid}", Change).WithName("ChangeActivity").WithSummary("Change some members of an activity").RequireRole(Role.Rep);
        activities.MapDelete("/{id:guid}", Delete).WithName("DeleteActivity").WithSummary("Delete an activity").RequireRole(Role.Manager);
        activities.MapPost("/{id:guid}/restore", Restore).WithName("RestoreActivity").WithSummary("Restore a deleted activity").RequireRole(Role.Manager);
    }

    private static async Task<Found<Page<ActivityView>>> List(QueryOf<ActivityQuery> query, ActivityService activities, CancellationToken ct) =>
        Answers.Found(await activities.ListAsync(query.Value, ct));

    /// <summary>It belongs to at least one of a lead, a deal and a task, and took place now or before.</summary>
    private static async Task<Made<ActivityView>> Log(Body<ActivityFields> body, ActivityService activities, CancellationToken ct) =>
        Answers.Made("activities", await activities.LogAsync(body.Value, ct));

    private static async Task<Found<ActivityView>> Get(Guid id, ActivityService activities, CancellationToken ct) =>
        Answers.Found((await activities.FindAsync(id, ct)).OrNotFound("activity", id));

    /// <summary>What is left out becomes null, except for the type and when it took place, which stay.</summary>
    private static async Task<Found<ActivityView>> Replace(Guid id, Replacement<ActivityFields> body, IfMatch ifMatch, ActivityService activities, CancellationToken ct) =>
        Answers.Found(await activities.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>A merge patch: what is left out stays, null removes. It must go on belonging to at least one of a lead, a deal and a task.</summary>
    private static async Task<Found<ActivityView>> Change(Guid id, MergePatch<ActivityFields> body, IfMatch ifMatch, ActivityService activities, CancellationToken ct) =>
        Answers.Found(await activities.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, ActivityService activities, CancellationToken ct)
    {
        await activities.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }

    /// <summary>Brings a deleted activity back; one that isn't deleted stays as it is. Refused with 409 <c>parent-deleted</c> while a lead, deal or task of it is deleted.</summary>
    private static async Task<Found<ActivityView>> Restore(Guid id, IfMatch ifMatch, ActivityService activities, CancellationToken ct) =>
        Answers.Found(await activities.RestoreAsync(id, ifMatch.Version, ct));
}
