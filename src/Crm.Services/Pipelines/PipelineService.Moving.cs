using Crm.Contracts.Failures;
using Crm.Database.Pipelines;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Pipelines;

public sealed partial class PipelineService
{
    /// <summary>How many deals move with a stage that is retired, at most: they are in one transaction.</summary>
    public const int MostMoved = 5_000;

    private const int AtOnce = 500;

    /// <summary>Moves all deals out of a stage that is retired.</summary>
    /// <exception cref="CrmException">409 where nothing replaces it though there are deals, and where they are too many.</exception>
    private async Task MoveDealsAsync(Stage stage, Stage? successor, CancellationToken ct)
    {
        var (pipelineId, key) = (stage.PipelineId, stage.Key);
        await LockAsync(pipelineId, [key], ct);
        var deals = db.Deals.WithDeleted().WithUnseen().Where(d => d.PipelineId == pipelineId && d.Stage == key);
        var count = await deals.CountAsync(ct);
        if (count == 0) return;
        if (successor is null) throw InUse($"{count} deals stand in {key}, deleted ones included. Say where they go: name {key} in the replaces of another stage.");
        if (count > MostMoved) throw InUse($"{count} deals stand in {key}; {MostMoved} move in one request at most. Move some of them first.");

        for (var moved = 0; moved < count; moved += AtOnce)
        {
            db.ChangeTracker.Clear();
            db.Attach(successor);
            var ids = await deals.OrderBy(d => d.Id).Take(AtOnce).ForUpdate().Select(d => d.Id).ToListAsync(ct);
            var some = await deals.Where(d => ids.Contains(d.Id)).Include(d => d.CurrentStage).Include(d => d.Stays).ToListAsync(ct);
            foreach (var deal in some) deal.Follow(successor, db.Stamp());
            await db.SaveChangesAsync(ct);
        }
    }

    /// <summary>Waits for those who are about to put deals into stages, and keeps others from it until the transaction ends.</summary>
    private Task<List<string>> LockAsync(Guid pipelineId, List<string> keys, CancellationToken ct) =>
        db.Stages.Where(s => s.PipelineId == pipelineId && keys.Contains(s.Key)).OrderBy(s => s.Key).ForUpdate().Select(s => s.Key).ToListAsync(ct);
}
