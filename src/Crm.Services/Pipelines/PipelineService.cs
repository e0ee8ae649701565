using Crm.Contracts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Pipelines;
using Crm.Database;
using Crm.Database.Pipelines;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Pipelines;

/// <summary>The ways that the tenant's deals go.</summary>
public sealed partial class PipelineService(CrmDbContext db)
{
    /// <summary>How many pipelines a tenant has at most.</summary>
    public const int Most = 50;

    /// <summary>How many stages a pipeline has had at most, as reports of the past need those that were retired, too.</summary>
    public const int MostStagesEver = 200;

    /// <summary>How many characters their keys have together at most: a deal remembers those in which it has stood, in indexes that have only so much room.</summary>
    public const int MostOfKeysEver = 1300;

    public async Task<PipelineList> ListAsync(CancellationToken ct)
    {
        var pipelines = await Present.AsNoTracking().OrderByDescending(p => p.IsDefault).ThenBy(p => p.Id).ToListAsync(ct);
        return new PipelineList { Items = pipelines.ConvertAll(p => p.ToView()) };
    }

    public async Task<PipelineView?> FindAsync(Guid id, CancellationToken ct) => (await Present.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct))?.ToView();

    /// <exception cref="CrmException">400 for stages that make no pipeline; 409 for a name that another pipeline has, for keys that are too long together, and where the tenant has 50.</exception>
    public Task<PipelineView> CreateAsync(PipelineFields fields, CancellationToken ct) => WriteAsync(
        async () =>
        {
            if (await db.Pipelines.CountAsync(p => p.RetiredAt == null, ct) >= Most)
            {
                throw Full($"The tenant has {Most} pipelines, which is as many as there may be. Delete one that isn't used.");
            }

            var pipeline = new Pipeline(fields, db.Stamp());
            RefuseFull(pipeline);
            await RefuseTakenAsync(pipeline, ct);
            db.Add(pipeline);
            await ChooseDefaultAsync(pipeline, fields.IsDefault, ct);
            db.Audit(EventTypes.PipelineCreated, "pipelines", $"{pipeline.Id}", Differences.Between(null, pipeline.Fields()));
            await db.SaveChangesAsync(ct);
            return pipeline.ToView();
        },
        () => null,
        () => NameTaken(fields.Name),
        ct);

    /// <summary>Changes a pipeline. Deals in a stage that is retired go to the one that replaces it, in the same transaction and with a history.</summary>
    /// <exception cref="CrmException">400 for stages that make no pipeline; 404; 409 for a name that another pipeline has, for a stage with deals that nothing replaces or that are too many to move at once, for more than 200 stages with those that were retired, and for making none the default; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task<PipelineView> ChangeAsync(Guid id, Changes<PipelineFields> change, int? ifMatch, CancellationToken ct) => WriteAsync(
        async () =>
        {
            var pipeline = await LoadAsync(id, ifMatch, ct);
            var (was, version, stages) = (pipeline.Fields(), pipeline.Version, pipeline.Stages.Count);
            var days = pipeline.Present.ToDictionary(stage => stage.Key, stage => stage.RottingDays, StringComparer.Ordinal);
            var fields = change.ApplyTo(pipeline.Fields());
            var retired = pipeline.Change(fields, db.Stamp().At);
            if (pipeline.Stages.Count > stages) RefuseFull(pipeline);
            await RefuseTakenAsync(pipeline, ct);
            await ChooseDefaultAsync(pipeline, fields.IsDefault, ct);
            if (pipeline.Version != version) db.Audit(EventTypes.PipelineChanged, "pipelines", $"{id}", Differences.Between(was, pipeline.Fields()));
            await db.SaveChangesAsync(ct);
            var view = pipeline.ToView();
            foreach (var stage in view.Stages.Where(stage => days.TryGetValue(stage.Key, out var before) && before != stage.RottingDays))
            {
                await db.SetAlarmsOfStageAsync(id, stage.Key, stage.RottingDays, ct);
            }

            foreach (var (stage, successor) in retired) await MoveDealsAsync(stage, successor, ct);
            return view;
        },
        () => null, // the version is looked at with each try; who was outrun, may be so by a deal
        () => CrmException.Contended("pipeline", id),
        ct);

    /// <summary>Deletes a pipeline that no deal is in. What went through it stays in the deals' history.</summary>
    /// <exception cref="CrmException">404; 409 for the default one, and for one with deals; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifMatch, CancellationToken ct) => WriteAsync(
        async () =>
        {
            var pipeline = await LoadAsync(id, ifMatch, ct);
            if (pipeline.IsDefault) throw CrmException.InvalidTransition("This is the pipeline of deals that name none. Make another the default first.");
            await LockAsync(id, pipeline.Stages.ConvertAll(stage => stage.Key), ct);
            var deals = await db.Deals.WithDeleted().WithUnseen().CountAsync(d => d.PipelineId == id, ct);
            if (deals > 0) throw InUse($"The pipeline {pipeline.Name} has {deals} deals, deleted ones included. Move them to another pipeline first.");
            db.Audit(EventTypes.PipelineDeleted, "pipelines", $"{id}", Differences.Between(pipeline.Fields(), null));
            pipeline.Retire(db.Stamp().At);
            return await db.SaveChangesAsync(ct);
        },
        () => ifMatch is null ? null : CrmException.Stale("pipeline", id),
        () => CrmException.Contended("pipeline", id),
        ct);

    /// <summary>
    /// The stage of a pipeline by its key; of the default pipeline with no pipeline, and its first stage with no key. Until the transaction
    /// ends it isn't retired.
    /// </summary>
    /// <exception cref="CrmException">422 with the pointer of what doesn't exist.</exception>
    internal async Task<Stage> StageAsync(Guid? pipelineId, string? key, CancellationToken ct)
    {
        var pipelines = db.Pipelines.Where(p => p.RetiredAt == null && (pipelineId == null ? p.IsDefault : p.Id == pipelineId));
        var stages = db.Stages.Where(s => s.RetiredAt == null && (key == null || s.Key == key) && pipelines.Any(p => p.Id == s.PipelineId));
        if (await stages.OrderBy(s => s.Position).ForShare().FirstOrDefaultAsync(ct) is { } stage) return stage;

        var pipeline = await pipelines.Include(p => p.Stages).SingleOrDefaultAsync(ct) ?? throw CrmException.UnknownReference("/pipelineId", "pipeline", pipelineId!);
        throw CrmException.UnknownReference("/stage", "stage", key!, $" The pipeline {pipeline.Name} has {string.Join(", ", pipeline.Present.Select(present => present.Key))}.");
    }

    private static void RefuseFull(Pipeline pipeline)
    {
        if (pipeline.Stages.Count > MostStagesEver)
        {
            throw Full($"The pipeline has had {MostStagesEver} stages, retired ones included, which is as many as are kept. Bring some of them back by their keys, or make another pipeline.");
        }

        if (pipeline.Stages.Sum(stage => stage.Key.Length) > MostOfKeysEver)
        {
            throw Full($"The keys of the pipeline's stages, retired ones included, would have more than {MostOfKeysEver} characters together, which is as many as are kept. Give the new ones shorter keys, or make another pipeline.");
        }
    }

    private IQueryable<Pipeline> Present => db.Pipelines.Include(p => p.Stages).Where(p => p.RetiredAt == null);

    private Task<T> WriteAsync<T>(Func<Task<T>> work, Func<CrmException?> refusal, Func<CrmException> givingUp, CancellationToken ct) =>
        db.UnlessOutrunAsync(() => db.InTransactionAsync(work, ct), refusal, givingUp, ct);

    private async Task<Pipeline> LoadAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        var pipeline = await Present.SingleOrDefaultAsync(p => p.Id == id, ct) ?? throw CrmException.NotFound("pipeline", id);
        return ifMatch is { } version && version != pipeline.Version ? throw CrmException.Stale("pipeline", id) : pipeline;
    }

    private async Task RefuseTakenAsync(Pipeline pipeline, CancellationToken ct)
    {
        var (id, key) = (pipeline.Id, pipeline.NameKey);
        if (await db.Pipelines.AnyAsync(p => p.NameKey == key && p.Id != id && p.RetiredAt == null, ct)) throw NameTaken(pipeline.Name);
    }

    /// <summary>One pipeline is always the default: the one before ceases to be it with the save that the next begins with.</summary>
    private async Task ChooseDefaultAsync(Pipeline pipeline, bool? isDefault, CancellationToken ct)
    {
        if (isDefault is not true)
        {
            if (isDefault is false && pipeline.IsDefault) throw CrmException.InvalidTransition("One pipeline is always the default. Make another the default, and this one ceases to be it.");
            return;
        }

        var at = db.Stamp().At;
        var id = pipeline.Id;
        if (await db.Pipelines.Include(p => p.Stages).SingleOrDefaultAsync(p => p.IsDefault && p.Id != id, ct) is { } before)
        {
            before.BeDefault(false, at);
            db.Audit(EventTypes.PipelineChanged, "pipelines", $"{before.Id}", Differences.Of<bool?>("isDefault", true, false));
            await db.SaveChangesAsync(ct); // two at once would break the rule that there is one, row by row
        }

        pipeline.BeDefault(true, at);
    }

    private static CrmException NameTaken(string name) =>
        new(FailureKind.Conflict, FailureCodes.NameTaken, $"Another pipeline is called {name} already, case ignored. Choose another name.");

    private static CrmException Full(string message) => new(FailureKind.Conflict, FailureCodes.LimitReached, message);

    private static CrmException InUse(string message) => new(FailureKind.Conflict, FailureCodes.InUse, message);
}
