using Crm.Contracts.Conversion;
using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Conversion;

public sealed partial class ConversionService
{
    private const int BegunTogether = 100;

    /// <summary>So few that a colleague who converts one lead meanwhile isn't kept waiting.</summary>
    private const int AskedTogether = 4;

    /// <summary>Makes sure that there is an attempt for each of several leads, or a reason why not; all are committed when this returns.</summary>
    public async Task<BegunConversions> BeginManyAsync(ConvertLeads command, CancellationToken ct)
    {
        if (command.WithDeals) caller.RefuseKeyWithout("deals");
        var withDeal = new ConvertLead { Deal = command.WithDeals ? new ConvertedDeal() : null };
        var begun = new Dictionary<Guid, Guid>();
        var refused = new Dictionary<Guid, CrmException>();
        foreach (var ids in command.Ids.Distinct().Chunk(BegunTogether))
        {
            try
            {
                await BeginManyAsync(ids, withDeal, begun, refused, ct);
            }
            catch (Exception e) when (ServicesRegistration.Translate(e) is { Code: FailureCodes.Contended })
            {
                foreach (var id in ids) refused.Add(id, CrmException.Contended("lead", id)); // those before have been begun with, so that it isn't the request that fails
            }
        }

        return new BegunConversions(command.Ids, begun, refused);
    }

    /// <summary>Goes on with those that are pending and waits for a while; what isn't done by then goes on by itself.</summary>
    public async Task<ConversionList> SettleManyAsync(BegunConversions all, CancellationToken ct)
    {
        await AskForAWhileAsync(all.Begun.Values, ct);
        var conversionIds = all.Begun.Values.ToList();
        var conversions = await db.Conversions.AsNoTracking().Where(c => conversionIds.Contains(c.Id)).ToDictionaryAsync(c => c.LeadId, c => ConversionViews.Of(c, null), ct);
        return new ConversionList { Items = [.. all.LeadIds.Select(id => Outcome(id, conversions.GetValueOrDefault(id), all.Refused.GetValueOrDefault(id)))] };
    }

    /// <summary>Sees that each lead has an attempt, as <see cref="BeginAsync"/> does for one.</summary>
    private async Task BeginManyAsync(Guid[] ids, ConvertLead command, Dictionary<Guid, Guid> begun, Dictionary<Guid, CrmException> refused, CancellationToken ct)
    {
        var (attempts, refusals) = await db.UnlessOutrunAsync(
            () => db.InTransactionAsync(
                async () =>
                {
                    var attempts = new Dictionary<Guid, Guid>();
                    var refusals = new Dictionary<Guid, CrmException>();
                    var leads = await db.Leads.Where(l => ids.Contains(l.Id)).ToDictionaryAsync(l => l.Id, ct);
                    var earlier = (await db.Conversions.AsNoTracking().Where(c => ids.Contains(c.LeadId)).Select(c => new { c.LeadId, c.Id, c.State }).ToListAsync(ct)).ToLookup(c => c.LeadId);
                    foreach (var id in ids)
                    {
                        if (!leads.TryGetValue(id, out var lead)) refusals.Add(id, CrmException.NotFound("lead", id));
                        else if (earlier[id].FirstOrDefault(c => c.State == ConversionState.Completed) is { } completed) attempts.Add(id, completed.Id);
                        else if (lead.Status == LeadStatus.Converted) refusals.Add(id, Forgotten(lead));
                        else if (lead.PendingConversionId is { } pending) attempts.Add(id, pending);
                        else
                        {
                            try
                            {
                                attempts.Add(id, Begin(lead, command, earlier[id].Any(), request: null).Id);
                            }
                            catch (CrmException e)
                            {
                                refusals.Add(id, e);
                            }
                        }
                    }

                    await db.SaveChangesAsync(ct);
                    return (attempts, refusals);
                },
                ct),
            () => null,
            () => CrmException.Contended("lead", ids[0]),
            ct);
        foreach (var (id, attempt) in attempts) begun.Add(id, attempt);
        foreach (var (id, refusal) in refusals) refused.Add(id, refusal);
    }

    private async Task AskForAWhileAsync(IEnumerable<Guid> conversions, CancellationToken ct)
    {
        var tenantId = caller.TenantId;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await Parallel.ForEachAsync(conversions, new ParallelOptions { MaxDegreeOfParallelism = AskedTogether, CancellationToken = patience.Token }, async (id, token) => await runner.Start(tenantId, id).WaitAsync(token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Whoever asked has waited long enough.
        }
    }

    private static ConversionOutcome Outcome(Guid leadId, ConversionView? conversion, CrmException? refusal)
    {
        if (conversion is { State: ConversionState.Rejected }) refusal = Rejected(conversion);
        return new ConversionOutcome
        {
            LeadId = leadId,
            State = conversion?.State,
            ConversionId = conversion?.ConversionId,
            CustomerId = conversion?.CustomerId,
            DealId = conversion?.DealId,
            Refusal = refusal is null ? null : new ConversionRefusal((int)refusal.Kind, refusal.Code, refusal.Message),
        };
    }
}

/// <summary>Leads that are to be converted together.</summary>
/// <param name="LeadIds">Those asked for, in that order.</param>
/// <param name="Begun">The attempt of each lead that has one.</param>
/// <param name="Refused">Why each of the others has none.</param>
public sealed record BegunConversions(IReadOnlyList<Guid> LeadIds, IReadOnlyDictionary<Guid, Guid> Begun, IReadOnlyDictionary<Guid, CrmException> Refused);
