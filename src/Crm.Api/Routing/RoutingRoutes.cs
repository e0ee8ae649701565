using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Api.Members;
using Crm.Contracts.Members;
using Crm.Contracts.Routing;
using Crm.Services.Routing;

namespace Crm.Api.Routing;

internal static class RoutingRoutes
{
    public static void MapRouting(this IEndpointRouteBuilder api)
    {
        var automation = api.MapGroup("/automation").WithTags("Automation");
        automation.MapGet("/routing", Get).WithName("GetRouting").WithSummary("How leads find an owner").RequireRole(Role.Viewer);
        automation.MapPatch("/routing", Change).WithName("ChangeRouting").WithSummary("Change how leads find an owner").RequireRole(Role.Manager);
        automation.MapGet("/availability/{userId}", GetAvailability).WithName("GetAvailability").WithSummary("When and how many leads a member takes").RequireRole(Role.Viewer);
        automation.MapPatch("/availability/{userId}", ChangeAvailability).WithName("ChangeAvailability").WithSummary("Change when and how many leads a member takes").RequireRole(Role.Rep);
        var leads = api.MapGroup("/leads").WithTags("Leads");
        leads.MapGet("/{id:guid}/routing", Decisions).WithName("GetLeadRouting").WithSummary("How a lead found its owner").RequireRole(Role.Viewer);
        leads.MapPost("/{id:guid}/route", Route).WithName("RouteLead").WithSummary("Give a lead to somebody by the tenant's rules").RequireRole(Role.Manager);
    }

    /// <summary>Not active and without rules until it is set for the first time.</summary>
    private static async Task<Found<RoutingView>> Get(RoutingService routing, CancellationToken ct) =>
        Answers.Found(await routing.GetAsync(ct));

    /// <summary>A merge patch: what is left out stays, null removes; rules are given as a whole. It counts for leads that come from now on, and for those that wait for somebody.</summary>
    private static async Task<Found<RoutingView>> Change(MergePatch<RoutingFields> body, IfMatch ifMatch, RoutingService routing, CancellationToken ct) =>
        Answers.Found(await routing.ChangeAsync(body.Changes, ifMatch.Version, ct));

    /// <summary>Whoever has set nothing takes all leads, always. <c>me</c> is the caller.</summary>
    private static async Task<Found<AvailabilityView>> GetAvailability(string userId, HttpContext context, AvailabilityService availability, CancellationToken ct) =>
        Answers.Found((await availability.FindAsync(MemberRoutes.Decoded(userId, context), ct)).OrNotFound("member", MemberRoutes.Decoded(userId, context)));

    /// <summary>A merge patch: what is left out stays, null removes. One's own, for which <c>me</c> stands; another's takes the role <c>MANAGER</c>.</summary>
    private static async Task<Found<AvailabilityView>> ChangeAvailability(string userId, HttpContext context, MergePatch<AvailabilityFields> body, IfMatch ifMatch, AvailabilityService availability, CancellationToken ct) =>
        Answers.Found(await availability.ChangeAsync(MemberRoutes.Decoded(userId, context), body.Changes, ifMatch.Version, ct));

    /// <summary>Each decision with all who were considered and why they were passed over, the first first; none for a lead that was never routed.</summary>
    private static async Task<Found<RoutingDecisionList>> Decisions(Guid id, RoutingService routing, CancellationToken ct) =>
        Answers.Found(new RoutingDecisionList { Items = (await routing.DecisionsAsync(id, ct)).OrNotFound("lead", id) });

    /// <summary>Also a lead that somebody owns: its owner isn't given it again. Where nobody can take it, an owned lead stays with its owner, and another waits. It works also while routing isn't active, so that rules can be tried. Refused with 409 where there are none, and for a lead that is converted or unqualified.</summary>
    private static async Task<Found<RoutingDecisionView>> Route(Guid id, RoutingService routing, CancellationToken ct) =>
        Answers.Found(await routing.RouteAsync(id, ct));
}
