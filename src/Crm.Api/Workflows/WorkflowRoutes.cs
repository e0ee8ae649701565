using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Api.OpenApi;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Workflows;
using Crm.Services.Workflows;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Workflows;

internal static class WorkflowRoutes
{
    public static void MapWorkflows(this IEndpointRouteBuilder api)
    {
        var automation = api.MapGroup("/automation").WithTags("Automation");
        automation.MapGet("/templates", Templates).WithName("ListWorkflowTemplates").WithSummary("Workflows that are ready to be made").RequireRole(Role.Viewer);
        automation.MapGet("/runs", ListRuns).WithName("ListWorkflowRuns").WithSummary("What workflows did and are about to do").RequireRole(Role.Manager);
        automation.MapPost("/runs/{id:guid}/retry", Retry).WithName("RetryWorkflowRun").WithSummary("Go on with a run that failed").WithMetadata(new OwnFailures(Failures.NotFailedOrRunning)).RequireRole(Role.Manager);
        var workflows = automation.MapGroup("/workflows");
        workflows.MapGet("/", List).WithName("ListWorkflows").WithSummary("List workflows").RequireRole(Role.Viewer);
        workflows.MapPost("/", Create).WithName("CreateWorkflow").WithSummary("Create a workflow").RequireRole(Role.Manager);
        workflows.MapGet("/{id:guid}", Get).WithName("GetWorkflow").WithSummary("Get a workflow").RequireRole(Role.Viewer);
        workflows.MapPatch("/{id:guid}", Change).WithName("ChangeWorkflow").WithSummary("Change a workflow's draft").WithMetadata(new OwnFailures(Failures.UnknownInWorkflow)).RequireRole(Role.Manager);
        workflows.MapDelete("/{id:guid}", Delete).WithName("DeleteWorkflow").WithSummary("Delete a workflow").RequireRole(Role.Manager);
        workflows.MapPost("/{id:guid}/activate", Activate).WithName("ActivateWorkflow").WithSummary("Have a workflow's draft run").WithMetadata(new OwnTransactions()).RequireRole(Role.Manager);
        workflows.MapPost("/{id:guid}/deactivate", Deactivate).WithName("DeactivateWorkflow").WithSummary("Have no version of a workflow run").WithMetadata(new OwnTransactions()).RequireRole(Role.Manager);
        workflows.MapGet("/{id:guid}/versions", Versions).WithName("ListWorkflowVersions").WithSummary("How a workflow ran before").RequireRole(Role.Viewer);
        workflows.MapPost("/{id:guid}/test", Test).WithName("TestWorkflow").WithSummary("What a workflow would do to a record now").RequireRole(Role.Manager);
        workflows.MapPost("/{id:guid}/rehearse", Rehearse).WithName("RehearseWorkflow").WithSummary("What a workflow would have done with past events").RequireRole(Role.Manager);
    }

    /// <summary>Each can be sent to <c>POST /api/automation/workflows</c> as it is, without its <c>key</c>. None of them does anything by itself.</summary>
    private static Found<WorkflowTemplateList> Templates() => Answers.Found(WorkflowService.Templates());

    /// <summary>Of all workflows, or of some; for all records, or for some.</summary>
    private static async Task<Found<Page<WorkflowRunView>>> ListRuns(QueryOf<WorkflowRunQuery> query, WorkflowService workflows, CancellationToken ct) =>
        Answers.Found(await workflows.ListRunsAsync(query.Value, ct));

    /// <summary>At once, with the step that failed; what was done before isn't done again. Refused with 409 for a run that didn't fail.</summary>
    private static async Task<Found<WorkflowRunView>> Retry(Guid id, WorkflowService workflows, CancellationToken ct) =>
        Answers.Found(await workflows.RetryAsync(id, ct));

    /// <summary>Drafts too.</summary>
    private static async Task<Found<Page<WorkflowView>>> List(QueryOf<WorkflowQuery> query, WorkflowService workflows, CancellationToken ct) =>
        Answers.Found(await workflows.ListAsync(query.Value, ct));

    /// <summary>It does nothing until it is activated.</summary>
    private static async Task<Made<WorkflowView>> Create(Body<WorkflowFields> body, WorkflowService workflows, CancellationToken ct) =>
        Answers.Made("automation/workflows", await workflows.CreateAsync(body.Value, ct));

    private static async Task<Found<WorkflowView>> Get(Guid id, WorkflowService workflows, CancellationToken ct) =>
        Answers.Found((await workflows.FindAsync(id, ct)).OrNotFound("workflow", id));

    /// <summary>A merge patch: what is left out stays, null removes; the trigger and the actions are given as a whole. The version that runs stays as it is until the draft is activated.</summary>
    private static async Task<Found<WorkflowView>> Change(Guid id, MergePatch<WorkflowFields> body, IfMatch ifMatch, WorkflowService workflows, CancellationToken ct) =>
        Answers.Found(await workflows.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>For good, with its versions and the list of its runs. What they did stays.</summary>
    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, WorkflowService workflows, CancellationToken ct)
    {
        await workflows.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }

    /// <summary>With what happens from now on. A draft that differs from the newest version becomes the next; runs that wait go on as the version that they began with.</summary>
    private static async Task<Found<WorkflowView>> Activate(Guid id, IfMatch ifMatch, WorkflowService workflows, CancellationToken ct) =>
        Answers.Found(await workflows.ActivateAsync(id, ifMatch.Version, ct));

    /// <summary>Runs that aren't at their end are stopped.</summary>
    private static async Task<Found<WorkflowView>> Deactivate(Guid id, IfMatch ifMatch, WorkflowService workflows, CancellationToken ct) =>
        Answers.Found(await workflows.DeactivateAsync(id, ifMatch.Version, ct));

    /// <summary>The newest first; none for one that was never activated.</summary>
    private static async Task<Found<WorkflowVersionList>> Versions(Guid id, WorkflowService workflows, CancellationToken ct) =>
        Answers.Found(new WorkflowVersionList { Items = (await workflows.VersionsAsync(id, ct)).OrNotFound("workflow", id) });

    /// <summary>Of the draft, as if its first event were told of the record as it is, and nothing happened while it waits. Nothing is done.</summary>
    private static async Task<Found<WorkflowTestView>> Test(Guid id, Body<TestWorkflow> body, WorkflowService workflows, CancellationToken ct) =>
        Answers.Found(await workflows.TestAsync(id, body.Value, ct));

    /// <summary>Of the draft, on the event log of the last days: with each event the run that there would have been, decided by what decides runs, with working time as it is set now. Nothing is done.</summary>
    private static async Task<Found<WorkflowRehearsalView>> Rehearse(Guid id, Body<RehearseWorkflow> body, WorkflowService workflows, CancellationToken ct) =>
        Answers.Found(await workflows.RehearseAsync(id, body.Value, ct));
}
