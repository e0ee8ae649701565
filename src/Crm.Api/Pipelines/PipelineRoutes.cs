using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Members;
using Crm.Contracts.Pipelines;
using Crm.Services.Pipelines;

namespace Crm.Api.Pipelines;

internal static class PipelineRoutes
{
    public static void MapPipelines(this IEndpointRouteBuilder api)
    {
        var pipelines = api.MapGroup("/pipelines").WithTags("Pipelines");
        pipelines.MapGet("/", List).WithName("ListPipelines").WithSummary("List pipelines with their stages").RequireRole(Role.Viewer);
        pipelines.MapGet("/{id:guid}", Get).WithName("GetPipeline").WithSummary("Get a pipeline with its stages").RequireRole(Role.Viewer);
    }

    /// <summary>The default pipeline comes first; stages come in their order.</summary>
    private static async Task<Found<PipelineList>> List(PipelineService pipelines, CancellationToken ct) =>
        Answers.Found(await pipelines.ListAsync(ct));

    private static async Task<Found<PipelineView>> Get(Guid id, PipelineService pipelines, CancellationToken ct) =>
        Answers.Found((await pipelines.FindAsync(id, ct)).OrNotFound("pipeline", id));
}
