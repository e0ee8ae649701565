using Crm.Contracts;
using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Database;
using Crm.Database.Leads;
using Crm.Services.Records;
using Crm.Services.Search;
using Crm.Services.Settings;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Leads;

/// <summary>People who may become customers.</summary>
public sealed partial class LeadService(CrmDbContext db, Caller caller, References references, SearchIndex search, SettingsService settings, TimeProvider clock)
{
    /// <exception cref="CrmException">409 for the status CONVERTED; 422 for an owner who is no member.</exception>
    public async Task<LeadView> CreateAsync(LeadFields fields, CancellationToken ct)
    {
        fields = fields with { OwnerId = caller.Resolve(fields.OwnerId) };
        var lead = Lead.Create(fields, fields.Currency ?? await settings.CurrencyAsync(ct), db.Stamp());
        await references.MemberAsync("ownerId", null, fields.OwnerId, ct);
        db.Add(lead);
        await db.SaveChangesAsync(ct);
        return LeadViews.Of(lead);
    }

    public Task<LeadView?> FindAsync(Guid id, CancellationToken ct) =>
        db.Leads.AsNoTracking().Where(l => l.Id == id).Select(LeadViews.Projection).SingleOrDefaultAsync(ct);

    /// <exception cref="CrmException">403 for handing over what another owns; 404; 409 for a status that can't be reached; 412 where <paramref name="ifMatch"/> is stale; 422 for an owner who is no member.</exception>
    public async Task<LeadView> ChangeAsync(Guid id, Changes<LeadFields> change, int? ifMatch, CancellationToken ct)
    {
        var lead = await db.ChangeAsync(
            db.Leads.Include(l => l.Stays.Where(stay => stay.LeftAt == null)), id, "lead", ifMatch,
            async lead =>
            {
                var fields = change.ApplyTo(lead.Fields());
                fields = fields with { OwnerId = caller.Resolve(fields.OwnerId) };
                var owner = lead.OwnerId;
                if (fields.OwnerId != owner) caller.MayReassign("lead", owner);
                lead.Change(fields, fields.Currency ?? await settings.CurrencyAsync(ct), db.Stamp());
                await references.MemberAsync("ownerId", owner, fields.OwnerId, ct);
            },
            ct);
        return LeadViews.Of(lead);
    }

    /// <summary>The stays of a lead in its statuses, the first first; null for no such lead.</summary>
    public async Task<IReadOnlyList<LeadStatusView>?> HistoryAsync(Guid id, CancellationToken ct)
    {
        if (!await db.Leads.AnyAsync(l => l.Id == id, ct)) return null;
        var stays = await db.LeadStays.AsNoTracking().Where(s => s.LeadId == id).OrderBy(s => s.Ordinal).ToListAsync(ct);
        var now = clock.GetUtcNow();
        return stays.ConvertAll(stay => new LeadStatusView
        {
            Status = stay.Status,
            EnteredAt = stay.EnteredAt,
            LeftAt = stay.LeftAt,
            EnteredBy = stay.EnteredBy,
            Seconds = Stays.Seconds(stay.EnteredAt, stay.LeftAt, now),
        });
    }
}
