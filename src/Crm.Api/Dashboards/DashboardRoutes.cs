using Crm.Api.Analytics;
using Crm.Api.Auth;
using Crm.Api.Edge;
using Crm.Api.Http;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Dashboards;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Dashboards;

internal static class DashboardRoutes
{
    public static void MapDashboards(this IEndpointRouteBuilder api)
    {
        var dashboards = api.MapGroup("/dashboards").WithTags("Dashboards");
        dashboards.MapGet("/", List).WithName("ListDashboards").WithSummary("List dashboards").RequireRole(Role.Viewer);
        dashboards.MapPost("/", Create).WithName("CreateDashboard").WithSummary("Create a dashboard").RequireRole(Role.Rep);
        dashboards.MapGet("/{id:guid}", Get).WithName("GetDashboard").WithSummary("Get a dashboard").RequireRole(Role.Viewer);
        dashboards.MapPut("/{id:guid}", Replace).WithName("ReplaceDashboard").WithSummary("Replace a dashboard").RequireRole(Role.Rep);
        dashboards.MapPatch("/{id:guid}", Change).WithName("ChangeDashboard").WithSummary("Change a dashboard").RequireRole(Role.Rep);
        dashboards.MapDelete("/{id:guid}", Delete).WithName("DeleteDashboard").WithSummary("Delete a dashboard").RequireRole(Role.Rep);
        dashboards.MapGet("/{id:guid}/reports", AllReports).WithName("GetDashboardReports").WithSummary("Get what all reports of a dashboard answer").WithMetadata(new Unhurried()).RequireRole(Role.Viewer);
        dashboards.MapGet("/{id:guid}/reports/{key}", OneReport).WithName("GetDashboardReport").WithSummary("Get what a report of a dashboard answers").WithMetadata(new AlsoCsv(), new Unhurried()).RequireRole(Role.Viewer).Produces<DashboardAnswerView>();
        dashboards.MapGet("/{id:guid}/deliveries", ListDeliveries).WithName("ListDashboardDeliveries").WithSummary("What was delivered, and what came of it").RequireRole(Role.Viewer);
    }

    /// <summary>Shared ones, and the caller's own.</summary>
    private static async Task<Found<Page<DashboardView>>> List(QueryOf<DashboardQuery> query, DashboardService dashboards, CancellationToken ct) =>
        Answers.Found(await dashboards.ListAsync(query.Value, ct));

    /// <summary>A member owns 100 dashboards at most, 409 <c>limit-reached</c>. A schedule by e-mail for oneself takes a token that says the role which the tenant keeps, 403 <c>role-forbidden</c>.</summary>
    private static async Task<Made<DashboardView>> Create(Body<DashboardFields> body, DashboardService dashboards, CancellationToken ct) =>
        Answers.Made("dashboards", await dashboards.CreateAsync(SavedParameters.Checked(body.Value), ct));

    private static async Task<Found<DashboardView>> Get(Guid id, DashboardService dashboards, CancellationToken ct) =>
        Answers.Found((await dashboards.FindAsync(id, ct)).OrNotFound("dashboard", id));

    /// <summary>One's own; a shared one of somebody else takes the role <c>MANAGER</c>. <c>reports</c> takes the place of all that there are.</summary>
    private static async Task<Found<DashboardView>> Replace(Guid id, Replacement<DashboardFields> body, IfMatch ifMatch, DashboardService dashboards, CancellationToken ct) =>
        Answers.Found(await dashboards.ChangeAsync(id, body.Changes.Select(SavedParameters.Checked), ifMatch.Version, ct));

    /// <summary>One's own; a shared one of somebody else takes the role <c>MANAGER</c>. A merge patch, in which <c>reports</c> and <c>schedule</c> are each given as a whole.</summary>
    private static async Task<Found<DashboardView>> Change(Guid id, MergePatch<DashboardFields> body, IfMatch ifMatch, DashboardService dashboards, CancellationToken ct) =>
        Answers.Found(await dashboards.ChangeAsync(id, body.Changes.Select(SavedParameters.Checked), ifMatch.Version, ct));

    /// <summary>For good, with the list of its deliveries. One's own; a shared one of somebody else takes the role <c>MANAGER</c>.</summary>
    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, DashboardService dashboards, CancellationToken ct)
    {
        await dashboards.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }

    /// <summary>All of one instant and under the caller's own sight, whosever the dashboard is. A report that can't be made says why in <c>problem</c>, and the others are there.</summary>
    private static async Task<Found<DashboardAnswersView>> AllReports(Guid id, QueryOf<DashboardAnswersQuery> query, DashboardService dashboards, CancellationToken ct) =>
        Answers.Found((await dashboards.AnswersAsync(id, query.Value.AsOf, ct)).OrNotFound("dashboard", id));

    /// <summary>Under the caller's own sight, whosever the dashboard is. As CSV it is what the report's own path gives as such.</summary>
    private static async Task<IResult> OneReport(Guid id, string key, QueryOf<DashboardAnswerQuery> query, DashboardService dashboards, CancellationToken ct) => query.Value.Format == ListFormat.Json
        ? Answers.Found((await dashboards.AnswerAsync(id, key, query.Value.AsOf, ct)).OrNotFound("report of that key in a dashboard", id))
        : await ReportCsv.OfAsync(key, (await dashboards.ReportAsync(id, key, query.Value.AsOf, ct)).OrNotFound("report of that key in a dashboard", id), ct);

    /// <summary>What was due by its schedule, for 90 days after it was begun.</summary>
    private static async Task<Found<Page<DashboardDeliveryView>>> ListDeliveries(Guid id, QueryOf<DashboardDeliveryQuery> query, DashboardService dashboards, CancellationToken ct) =>
        Answers.Found(await dashboards.ListDeliveriesAsync(id, query.Value, ct));
}
