using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Leads;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Timelines;
using Crm.Services.Leads;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Leads;

internal static class LeadRoutes
{
    public static void MapLeads(this IEndpointRouteBuilder api)
    {
        var leads = api.MapGroup("/leads").WithTags("Leads");
        leads.MapGet("/", List).WithName("ListLeads").WithSummary("List leads").RequireRole(Role.Viewer);
        leads.MapPost("/", Create).WithName("CreateLead").WithSummary("Create a lead").RequireRole(Role.Rep);
        leads.MapGet("/{id:guid}", Get).WithName("GetLead").WithSummary("Get a lead").RequireRole(Role.Viewer);
        leads.MapPut("/{id:guid}", Replace).WithName("ReplaceLead").WithSummary("Replace what is writable of a lead").RequireRole(Role.Rep);
        leads.MapPatch("/{id:guid}", Change).WithName("ChangeLead").WithSummary("Change some members of a lead").RequireRole(Role.Rep);
        leads.MapDelete("/{id:guid}", Delete).WithName("DeleteLead").WithSummary("Delete a lead with its tasks and activities").RequireRole(Role.Manager);
        leads.MapPost("/{id:guid}/restore", Restore).WithName("RestoreLead").WithSummary("Restore a deleted lead with what went with it").RequireRole(Role.Manager);
        leads.MapGet("/{id:guid}/history", History).WithName("GetLeadHistory").WithSummary("The stays of a lead in its statuses").RequireRole(Role.Viewer);
        leads.MapGet("/{id:guid}/timeline", Timeline).WithName("GetLeadTimeline").WithSummary("Everything that happened to a lead, newest first").RequireRole(Role.Viewer);
    }

    private static async Task<Found<Page<LeadView>>> List(QueryOf<LeadQuery> query, LeadService leads, CancellationToken ct) =>
        Answers.Found(await leads.ListAsync(query.Value, ct));

    /// <summary>A lead becomes <c>CONVERTED</c> by converting it only; that status is refused with 409.</summary>
    private static async Task<Made<LeadView>> Create(Body<LeadFields> body, LeadService leads, CancellationToken ct) =>
        Answers.Made("leads", await leads.CreateAsync(body.Value, ct));

    private static async Task<Found<LeadView>> Get(Guid id, LeadService leads, CancellationToken ct) =>
        Answers.Found((await leads.FindAsync(id, ct)).OrNotFound("lead", id));

    /// <summary>What is left out becomes null, except for status, source, currency and owner, which stay. Handing over a lead that another owns takes the role <c>MANAGER</c>. A converted lead stays converted.</summary>
    private static async Task<Found<LeadView>> Replace(Guid id, Replacement<LeadFields> body, IfMatch ifMatch, LeadService leads, CancellationToken ct) =>
        Answers.Found(await leads.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>A merge patch: what is left out stays, null removes. Handing over a lead that another owns takes the role <c>MANAGER</c>. A converted lead stays converted.</summary>
    private static async Task<Found<LeadView>> Change(Guid id, MergePatch<LeadFields> body, IfMatch ifMatch, LeadService leads, CancellationToken ct) =>
        Answers.Found(await leads.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>Its tasks and activities go with it, and come back with it. Refused with 409 <c>open-deals</c> while deals of it are open; <c>deals</c> in the problem names up to 20 of them.</summary>
    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, LeadService leads, CancellationToken ct)
    {
        await leads.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }

    /// <summary>Brings a deleted lead back with what went with it; one that isn't deleted stays as it is.</summary>
    private static async Task<Found<LeadView>> Restore(Guid id, IfMatch ifMatch, LeadService leads, CancellationToken ct) =>
        Answers.Found(await leads.RestoreAsync(id, ifMatch.Version, ct));

    /// <summary>The first stay comes first; the last one has no end.</summary>
    private static async Task<Found<StayList<LeadStatusView>>> History(Guid id, LeadService leads, CancellationToken ct) =>
        Answers.Found(new StayList<LeadStatusView> { Items = (await leads.HistoryAsync(id, ct)).OrNotFound("lead", id) });

    /// <summary>Events, activities, tasks and deals of the lead in one order, by cursor.</summary>
    private static async Task<Found<TimelinePage>> Timeline(Guid id, QueryOf<TimelineQuery> query, LeadTimelineService timeline, CancellationToken ct) =>
        Answers.Found((await timeline.PageAsync(id, query.Value, ct)).OrNotFound("lead", id));
}
