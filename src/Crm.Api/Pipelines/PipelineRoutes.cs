using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Members;
using Crm.Contracts.Pipelines;
using Crm.Services.Pipelines;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Pipelines;

internal static class PipelineRoutes
{
    public static void MapPipelines(this IEndpointRouteBuilder api)
    {
        var pipelines = api.MapGroup("/pipelines").WithTags("Pipelines");
        pipelines.MapGet("/", List).WithName("ListPipelines").WithSummary("List pipelines with their stages").RequireRole(Role.Viewer);
        pipelines.MapPost("/", Create).WithName("CreatePipeline").WithSummary("Create a pipeline").RequireRole(Role.Admin);
        pipelines.MapGet("/{id:guid}", Get).WithName("GetPipeline").WithSummary("Get a pipeline with its stages").RequireRole(Role.Viewer);
        pipelines.MapPut("/{id:guid}", Replace).WithName("ReplacePipeline").WithSummary("Replace a pipeline's name and stages").RequireRole(Role.Admin);
        pipelines.MapPatch("/{id:guid}", Change).WithName("ChangePipeline").WithSummary("Change a pipeline's name, stages, or whether it is the default").RequireRole(Role.Admin);
        pipelines.MapDelete("/{id:guid}", Delete).WithName("DeletePipeline").WithSummary("Delete a pipeline without deals").RequireRole(Role.Admin);
    }

    /// <summary>The default pipeline comes first; stages come in their order.</summary>
    private static async Task<Found<PipelineList>> List(PipelineService pipelines, CancellationToken ct) =>
        Answers.Found(await pipelines.ListAsync(ct));

    /// <summary>A tenant has 50 pipelines at most, 409 <c>limit-reached</c>.</summary>
    private static async Task<Made<PipelineView>> Create(Body<PipelineFields> body, PipelineService pipelines, CancellationToken ct) =>
        Answers.Made("pipelines", await pipelines.CreateAsync(body.Value, ct));

    private static async Task<Found<PipelineView>> Get(Guid id, PipelineService pipelines, CancellationToken ct) =>
        Answers.Found((await pipelines.FindAsync(id, ct)).OrNotFound("pipeline", id));

    /// <summary>The stages given take the place of all that there are, in their order; deals in one that isn't given any more go to the stage that <c>replaces</c> it, with a history. 409 <c>in-use</c> where none does, and where more than 5000 deals would move.</summary>
    private static async Task<Found<PipelineView>> Replace(Guid id, Replacement<PipelineFields> body, IfMatch ifMatch, PipelineService pipelines, CancellationToken ct) =>
        Answers.Found(await pipelines.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>A merge patch: what is left out stays. <c>stages</c> replaces all stages, as a PUT does.</summary>
    private static async Task<Found<PipelineView>> Change(Guid id, MergePatch<PipelineFields> body, IfMatch ifMatch, PipelineService pipelines, CancellationToken ct) =>
        Answers.Found(await pipelines.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>For good: a pipeline isn't restored. 409 <c>in-use</c> while deals are in it, deleted ones included; what went through it before stays in the deals' history.</summary>
    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, PipelineService pipelines, CancellationToken ct)
    {
        await pipelines.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }
}
