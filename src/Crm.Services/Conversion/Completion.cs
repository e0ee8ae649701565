using System.Text.Json;
using Crm.Contracts.Deals;
using Crm.Contracts.Json;
using Crm.Database;
using Crm.Database.Conversion;
using Crm.Database.Deals;
using Crm.Database.Leads;
using Crm.Database.Tenancy;
using Crm.Services.Idempotency;
using Crm.Services.Pipelines;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Conversion;

/// <summary>What a conversion that has its customer makes of lead and deals, in the caller's transaction.</summary>
internal static class Completion
{
    /// <param name="db">Where.</param>
    /// <param name="pipelines">What stage a deal begins in.</param>
    /// <param name="held">The conversion, held by its lease and tracked.</param>
    /// <param name="customerId">The customer.</param>
    /// <param name="ct">Stops it before it is saved.</param>
    public static async Task CompleteAsync(CrmDbContext db, PipelineService pipelines, LeadConversion held, string customerId, CancellationToken ct)
    {
        var lead = await LeadAsync(db, held.LeadId, ct);
        var deal = held.Deal is null ? null : await MakeDealAsync(db, pipelines, lead, JsonSerializer.Deserialize<DealFields>(held.Deal, CrmJson.Options)!, ct);
        lead.Convert(customerId, deal?.Id, db.Stamp());
        foreach (var other in await db.Deals.Include(d => d.CurrentStage).Where(d => d.LeadId == lead.Id && d.CustomerId == null).ToListAsync(ct)) other.BelongTo(customerId);
        deal?.BelongTo(customerId);
        held.Complete(customerId, deal?.Id, db.Stamp());
        await db.SaveChangesAsync(ct);
        if (held is { AnswerKey: { } key, AnswerClaim: { } claim }) await IdempotencyService.KeepAsync(db, key, claim, Answer.Ok(ConversionViews.Of(held, LeadViews.Of(lead))), ct);
    }

    /// <summary>Locked, so that no deal is given to the lead between the look for its deals and the end.</summary>
    public static async Task<Lead> LeadAsync(CrmDbContext db, Guid id, CancellationToken ct)
    {
        var lead = await db.Leads.ForUpdate().SingleAsync(l => l.Id == id, ct);
        await db.Entry(lead).Collection(l => l.Stays).Query().Where(stay => stay.LeftAt == null).LoadAsync(ct);
        return lead;
    }

    private static async Task<Deal> MakeDealAsync(CrmDbContext db, PipelineService pipelines, Lead lead, DealFields fields, CancellationToken ct)
    {
        var stage = await pipelines.StageAsync(null, null, ct);
        var owner = fields.OwnerId is { } id && await db.Members.AnyAsync(m => m.UserId == id && m.Active, ct) ? id : null;
        var deal = Deal.Create(fields with { LeadId = lead.Id, OwnerId = owner }, stage, fields.Currency ?? lead.Currency, db.Stamp());
        db.Add(deal);
        return deal;
    }
}
