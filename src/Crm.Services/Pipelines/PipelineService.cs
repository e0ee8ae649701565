using Crm.Contracts.Failures;
using Crm.Contracts.Pipelines;
using Crm.Database;
using Crm.Database.Pipelines;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Pipelines;

/// <summary>The ways that the tenant's deals go.</summary>
public sealed class PipelineService(CrmDbContext db)
{
    public async Task<PipelineList> ListAsync(CancellationToken ct)
    {
        var pipelines = await db.Pipelines.AsNoTracking().Include(p => p.Stages).OrderByDescending(p => p.IsDefault).ThenBy(p => p.Id).ToListAsync(ct);
        return new PipelineList { Items = pipelines.ConvertAll(p => p.ToView()) };
    }

    public async Task<PipelineView?> FindAsync(Guid id, CancellationToken ct) =>
        (await db.Pipelines.AsNoTracking().Include(p => p.Stages).SingleOrDefaultAsync(p => p.Id == id, ct))?.ToView();

    /// <summary>The stage of a pipeline by its key; of the default pipeline with no pipeline, and its first stage with no key.</summary>
    /// <exception cref="CrmException">422 with the pointer of what doesn't exist.</exception>
    internal async Task<Stage> StageAsync(Guid? pipelineId, string? key, CancellationToken ct)
    {
        var pipeline = await db.Pipelines.Include(p => p.Stages).SingleOrDefaultAsync(p => pipelineId == null ? p.IsDefault : p.Id == pipelineId, ct)
            ?? throw CrmException.UnknownReference("/pipelineId", "pipeline", pipelineId!);
        if (key is null) return pipeline.Stages.MinBy(stage => stage.Position)!;
        return pipeline.Stages.SingleOrDefault(stage => stage.Key == key) ?? throw CrmException.UnknownReference(
            "/stage", "stage", key, $" The pipeline {pipeline.Name} has {string.Join(", ", pipeline.Stages.OrderBy(stage => stage.Position).Select(stage => stage.Key))}.");
    }
}
