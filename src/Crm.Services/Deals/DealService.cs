using Crm.Contracts;
using Crm.Contracts.Deals;
using Crm.Contracts.Failures;
using Crm.Contracts.Pipelines;
using Crm.Database;
using Crm.Database.Deals;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Crm.Services.Pipelines;
using Crm.Services.Records;
using Crm.Services.Search;
using Crm.Services.Settings;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Deals;

/// <summary>Sales that may come about.</summary>
public sealed partial class DealService(CrmDbContext db, Caller caller, References references, SearchIndex search, PipelineService pipelines, SettingsService settings, TimeProvider clock)
{
    /// <exception cref="CrmException">400 for a closing that its stage doesn't allow; 422 for an owner, lead, pipeline or stage that doesn't exist.</exception>
    public Task<DealView> CreateAsync(DealFields fields, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            fields = fields with { OwnerId = caller.Resolve(fields.OwnerId) };
            Deal.RefuseFuture(fields.ClosedAt, db.Stamp().At); // what is wrong by itself is told before what doesn't exist
            var stage = await pipelines.StageAsync(fields.PipelineId, fields.Stage, ct);
            var deal = Deal.Create(fields, stage, fields.Currency ?? await settings.CurrencyAsync(ct), db.Stamp());
            await references.MemberAsync("ownerId", null, fields.OwnerId, ct);
            await references.LeadAsync(null, fields.LeadId, ct);
            deal.BelongTo(await references.CustomerAsync(fields.LeadId, ct));
            db.Add(deal);
            await db.SaveChangesAsync(ct);
            return DealViews.Of(deal);
        },
        ct);

    public Task<DealView?> FindAsync(Guid id, CancellationToken ct) =>
        db.Deals.AsNoTracking().Where(d => d.Id == id).Select(DealViews.Projection).SingleOrDefaultAsync(ct);

    /// <exception cref="CrmException">403 for handing over what another owns; 404; 409 for a stage that can't be reached, and for reopening while its lead is deleted; 412 where <paramref name="ifMatch"/> is stale; 422 for an owner, lead, pipeline or stage that doesn't exist.</exception>
    public async Task<DealView> ChangeAsync(Guid id, Changes<DealFields> change, int? ifMatch, CancellationToken ct)
    {
        var deal = await db.ChangeAsync(
            ForWriting(), id, "deal", ifMatch,
            async deal =>
            {
                var was = deal.Fields();
                var fields = change.ApplyTo(deal.Fields());
                fields = fields with { OwnerId = caller.Resolve(fields.OwnerId) };
                Deal.RefuseFuture(fields.ClosedAt, db.Stamp().At);
                var pipelineId = fields.PipelineId ?? deal.PipelineId;
                var key = change.Gives(nameof(DealFields.Stage)) || pipelineId == deal.PipelineId ? fields.Stage ?? deal.Stage : null;
                if (fields.OwnerId != was.OwnerId) caller.MayReassign("deal", was.OwnerId);
                var stage = pipelineId == deal.PipelineId && key == deal.Stage ? deal.CurrentStage : await pipelines.StageAsync(pipelineId, key, ct);
                if (stage == deal.CurrentStage) RefuseClearing(change, deal);
                var wasClosed = deal.ClosedAt is not null;
                deal.Change(fields, stage, fields.Currency ?? await settings.CurrencyAsync(ct), db.Stamp());
                await references.MemberAsync("ownerId", was.OwnerId, fields.OwnerId, ct);
                await references.LeadAsync(was.LeadId, fields.LeadId, ct);
                if (fields.LeadId != was.LeadId) deal.BelongTo(await references.CustomerAsync(fields.LeadId, ct));
                if (wasClosed) await MayBeOpenAsync(deal, ct);
            },
            ct);
        return DealViews.Of(deal);
    }

    /// <summary>Moves a deal to another stage of its pipeline; the stage it stands in is no move, and nothing happens twice.</summary>
    /// <exception cref="CrmException">400 for a closing that the stage doesn't allow; 404; 409 where the deal can't go there, or is to be reopened while its lead is deleted; 412 where <paramref name="ifMatch"/> is stale; 422 for a stage that the pipeline doesn't have.</exception>
    public async Task<DealView> MoveToStageAsync(Guid id, MoveDeal command, int? ifMatch, CancellationToken ct)
    {
        var deal = await db.ChangeAsync(
            ForWriting(), id, "deal", ifMatch,
            async deal =>
            {
                Deal.RefuseFuture(command.ClosedAt, db.Stamp().At);
                var stage = await pipelines.StageAsync(deal.PipelineId, command.Stage, ct);
                var wasClosed = deal.ClosedAt is not null;
                deal.MoveTo(stage, command.LostReason, command.ClosedAt, db.Stamp());
                if (wasClosed) await MayBeOpenAsync(deal, ct);
            },
            ct);
        return DealViews.Of(deal);
    }

    /// <summary>The stays of a deal in its stages, the first first; null for no such deal.</summary>
    public async Task<IReadOnlyList<DealStayView>?> HistoryAsync(Guid id, CancellationToken ct)
    {
        if (!await db.Deals.AnyAsync(d => d.Id == id, ct)) return null;
        var stays = await db.DealStays.AsNoTracking().Where(s => s.DealId == id).OrderBy(s => s.Ordinal).ToListAsync(ct);
        var snapshots = await db.DealSnapshots.AsNoTracking().Where(s => s.DealId == id).OrderBy(s => s.Version).ToListAsync(ct);
        var kinds = await db.Stages.AsNoTracking().ToDictionaryAsync(s => (s.PipelineId, s.Key), s => s.Kind, ct);
        var now = clock.GetUtcNow();
        return stays.ConvertAll(stay =>
        {
            // The amount at the end of the stay: of the last snapshot that was taken in this very stay.
            var worth = snapshots.Last(s => s.PipelineId == stay.PipelineId && s.Stage == stay.Stage && s.StageEnteredAt == stay.EnteredAt);
            var kind = kinds[(stay.PipelineId, stay.Stage)];
            return new DealStayView
            {
                PipelineId = stay.PipelineId,
                Stage = stay.Stage,
                Kind = kind,
                EnteredAt = stay.EnteredAt,
                LeftAt = stay.LeftAt,
                EnteredBy = stay.EnteredBy,
                Seconds = kind == StageKind.Open ? Stays.Seconds(stay.EnteredAt, stay.LeftAt, now) : null,
                Value = Money.Amount(worth.Value),
                Currency = worth.Currency,
            };
        });
    }

    /// <summary>Deletes a deal, with the tasks and activities that belong to no lead.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifMatch, CancellationToken ct) => db.ChangeAsync(
        db.Deals.ForUpdate(), id, "deal", ifMatch,
        async deal =>
        {
            await db.Entry(deal).Reference(d => d.CurrentStage).LoadAsync(ct);
            var tasks = await db.Tasks.Where(t => t.DealId == id && t.LeadId == null).ForUpdate().ToListAsync(ct);
            var taskIds = tasks.ConvertAll(t => (Guid?)t.Id);
            var activities = await db.Activities
                .Where(a => a.LeadId == null && (a.DealId == id || (a.DealId == null && taskIds.Contains(a.TaskId)))).ToListAsync(ct);
            Deletion.Delete([deal, .. tasks, .. activities], db.Stamp().At);
        },
        ct);

    /// <summary>Brings a deleted deal back with what went with it; one that isn't deleted stays as it is.</summary>
    /// <exception cref="CrmException">404; 409 while its lead is deleted; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<DealView> RestoreAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        var deal = await db.ChangeAsync(
            db.Deals.WithDeleted().ForUpdate(), id, "deal", ifMatch,
            async deal =>
            {
                await db.Entry(deal).Reference(d => d.CurrentStage).LoadAsync(ct);
                if (deal.DeletedAt is null) return;
                await Deletion.RequireAsync(db.Leads.ForShare(), "lead", deal.LeadId, ct);
                await Deletion.RestoreAsync(db, deal, ct);
                deal.BelongTo(await references.CustomerAsync(deal.LeadId, ct)); // it may have become one meanwhile
            },
            ct);
        return DealViews.Of(deal);
    }

    /// <summary>What a closing set goes with reopening; a null that did nothing would look as if it had.</summary>
    private static void RefuseClearing(Changes<DealFields> change, Deal deal)
    {
        var cleared = change.ApplyTo(new DealFields { Name = deal.Name, ClosedAt = deal.ClosedAt, LostReason = deal.LostReason });
        if (deal.ClosedAt is not null && cleared.ClosedAt is null) throw CrmException.Invalid("/closedAt", "is cleared by reopening the deal: move it to an open stage");
        if (deal.LostReason is not null && cleared.LostReason is null) throw CrmException.Invalid("/lostReason", "is cleared by reopening the deal: move it to an open stage");
    }

    /// <summary>An open deal has its lead, which isn't deleted while it has open deals.</summary>
    private async Task MayBeOpenAsync(Deal deal, CancellationToken ct)
    {
        if (deal.ClosedAt is null) await Deletion.RequireAsync(db.Leads.WithUnseen().ForShare(), "lead", deal.LeadId, ct);
    }

    private IQueryable<Deal> ForWriting() => db.Deals.Include(d => d.CurrentStage).Include(d => d.Stays);
}
