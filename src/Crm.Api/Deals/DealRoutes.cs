using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Deals;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Timelines;
using Crm.Services.Deals;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Deals;

internal static class DealRoutes
{
    public static void MapDeals(this IEndpointRouteBuilder api)
    {
        var deals = api.MapGroup("/deals").WithTags("Deals");
        deals.MapGet("/", List).WithName("ListDeals").WithSummary("List deals").RequireRole(Role.Viewer);
        deals.MapPost("/", Create).WithName("CreateDeal").WithSummary("Create a deal").RequireRole(Role.Rep);
        deals.MapGet("/{id:guid}", Get).WithName("GetDeal").WithSummary("Get a deal").RequireRole(Role.Viewer);
        deals.MapPut("/{id:guid}", Replace).WithName("ReplaceDeal").WithSummary("Replace what is writable of a deal").RequireRole(Role.Rep);
        deals.MapPatch("/{id:guid}", Change).WithName("ChangeDeal").WithSummary("Change some members of a deal").RequireRole(Role.Rep);
        deals.MapPut("/{id:guid}/stage", MoveToStage).WithName("MoveDealToStage").WithSummary("Move a deal to a stage").RequireRole(Role.Rep);
        deals.MapDelete("/{id:guid}", Delete).WithName("DeleteDeal").WithSummary("Delete a deal").RequireRole(Role.Manager);
        deals.MapPost("/{id:guid}/restore", Restore).WithName("RestoreDeal").WithSummary("Restore a deleted deal with what went with it").RequireRole(Role.Manager);
        deals.MapGet("/{id:guid}/history", History).WithName("GetDealHistory").WithSummary("The stays of a deal in its stages").RequireRole(Role.Viewer);
        deals.MapGet("/{id:guid}/timeline", Timeline).WithName("GetDealTimeline").WithSummary("Everything that happened to a deal, newest first").RequireRole(Role.Viewer);
    }

    private static async Task<Found<Page<DealView>>> List(QueryOf<DealQuery> query, DealService deals, CancellationToken ct) =>
        Answers.Found(await deals.ListAsync(query.Value, ct));

    /// <summary>A deal that names no pipeline goes to the tenant's default, one that names no stage to its first. It may be created closed.</summary>
    private static async Task<Made<DealView>> Create(Body<DealFields> body, DealService deals, CancellationToken ct) =>
        Answers.Made("deals", await deals.CreateAsync(body.Value, ct));

    private static async Task<Found<DealView>> Get(Guid id, DealService deals, CancellationToken ct) =>
        Answers.Found((await deals.FindAsync(id, ct)).OrNotFound("deal", id));

    /// <summary>What is left out becomes null, except for pipeline, stage, currency, owner and how it was closed, which stay. A stage obeys the rules of moving. Handing over a deal that another owns takes the role <c>MANAGER</c>.</summary>
    private static async Task<Found<DealView>> Replace(Guid id, Replacement<DealFields> body, IfMatch ifMatch, DealService deals, CancellationToken ct) =>
        Answers.Found(await deals.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>A merge patch: what is left out stays, null removes. A stage obeys the rules of moving. Handing over a deal that another owns takes the role <c>MANAGER</c>.</summary>
    private static async Task<Found<DealView>> Change(Guid id, MergePatch<DealFields> body, IfMatch ifMatch, DealService deals, CancellationToken ct) =>
        Answers.Found(await deals.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>An open deal moves to any stage of its pipeline, a closed one only back to an open stage. The stage it stands in is no move, and nothing happens twice. A stage of the kind <c>LOST</c> needs a <c>lostReason</c>.</summary>
    private static async Task<Found<DealView>> MoveToStage(Guid id, Body<MoveDeal> body, IfMatch ifMatch, DealService deals, CancellationToken ct) =>
        Answers.Found(await deals.MoveToStageAsync(id, body.Value, ifMatch.Version, ct));

    /// <summary>Its tasks and activities that belong to no lead go with it, and come back with it.</summary>
    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, DealService deals, CancellationToken ct)
    {
        await deals.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }

    /// <summary>Brings a deleted deal back with what went with it; one that isn't deleted stays as it is. Refused with 409 <c>parent-deleted</c> while its lead is deleted.</summary>
    private static async Task<Found<DealView>> Restore(Guid id, IfMatch ifMatch, DealService deals, CancellationToken ct) =>
        Answers.Found(await deals.RestoreAsync(id, ifMatch.Version, ct));

    /// <summary>The first stay comes first, each with the deal's amount at its end; the last one has no end.</summary>
    private static async Task<Found<StayList<DealStayView>>> History(Guid id, DealService deals, CancellationToken ct) =>
        Answers.Found(new StayList<DealStayView> { Items = (await deals.HistoryAsync(id, ct)).OrNotFound("deal", id) });

    /// <summary>Events, activities and tasks of the deal in one order, by cursor; with them the activities and tasks of the lead that it came from, the activities of all these tasks, and of the lead's events its conversion.</summary>
    private static async Task<Found<TimelinePage>> Timeline(Guid id, QueryOf<TimelineQuery> query, DealTimelineService timeline, CancellationToken ct) =>
        Answers.Found((await timeline.PageAsync(id, query.Value, ct)).OrNotFound("deal", id));
}
