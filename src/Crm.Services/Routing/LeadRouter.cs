using System.Text.Json;
using Crm.Contracts.Activities;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Routing;
using Crm.Database;
using Crm.Database.Leads;
using Crm.Database.Routing;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Conditions;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Routing;

/// <summary>
/// Gives leads to whom they belong by the tenant's rules. Whoever routes a lead holds the tenant's plan until that is written, so that quotas and turns hold
/// and no lead is given twice, whoever else routes at this moment.
/// </summary>
public sealed class LeadRouter(CrmDbContext db)
{
    /// <summary>In whose name leads are given to somebody.</summary>
    internal const string Actor = "routing";

    /// <summary>What waits is looked at again by then at the latest, and not before.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>While a lead is being converted, or nothing is routed, what is due is put off by this.</summary>
    private static readonly TimeSpan PutOff = TimeSpan.FromMinutes(30);

    /// <summary>Routes a lead that has come without an owner, or that had stopped waiting for one while it was away; one that was routed before, or isn't open, stays as it is.</summary>
    /// <param name="leadId">Which.</param>
    /// <param name="isNew">Whether it has just come.</param>
    /// <param name="ct">Stops it before it is saved.</param>
    /// <exception cref="CrmException">409 while it is being converted.</exception>
    public Task RouteNewAsync(Guid leadId, bool isNew, CancellationToken ct) => InTurnAsync(
        leadId,
        async (plan, lead, last) =>
        {
            var hasStopped = last is { Outcome: RoutingOutcome.Unassigned, OwnerId: null, DueAt: null };
            if (plan is not { IsActive: true } || lead is not { OwnerId: null, IsOpen: true } || !(hasStopped || (isNew && last is null))) return false;
            lead.RefuseWhilePending();
            await DecideAsync(plan, lead, last, last is null ? RoutingTrigger.Created : RoutingTrigger.Waited, ct);
            return true;
        },
        ct);

    /// <summary>Looks again at a decision that is due: at a lead that waits for somebody, or that should have been contacted by now.</summary>
    public Task ReviewAsync(Guid leadId, CancellationToken ct) => InTurnAsync(
        leadId,
        async (plan, lead, last) =>
        {
            var now = db.Stamp().At;
            if (last?.DueAt > now || last?.DueAt is null) return false; // another was quicker
            if (lead is not { IsOpen: true } || lead.OwnerId != last.OwnerId) last.DueAt = null;
            else if (plan is not { IsActive: true } || lead.PendingConversionId is not null) last.DueAt = now + PutOff;
            else if (last.OwnerId is null) await DecideAsync(plan, lead, last, RoutingTrigger.Waited, ct);
            else if (await IsContactedAsync(leadId, last.AssignedAt!.Value, ct)) last.DueAt = null;
            else await DecideAsync(plan, lead, last, RoutingTrigger.Unanswered, ct);
            return true;
        },
        ct);

    /// <summary>Routes a lead as somebody wants it, be it owned or not; its owner isn't given it again.</summary>
    /// <exception cref="CrmException">404; 409 for a lead that isn't open or is being converted, and where there are no rules.</exception>
    internal Task<RoutingDecisionView> RouteAgainAsync(Guid leadId, CancellationToken ct) => InTurnAsync(
        leadId,
        async (plan, lead, last) =>
        {
            if (lead is null) throw CrmException.NotFound("lead", leadId);
            if (plan is null || plan.ReadRules().Count == 0) throw CrmException.InvalidTransition("There are no rules to route leads by. Set some under /api/automation/routing first.");
            if (!lead.IsOpen) throw CrmException.InvalidTransition($"A lead that is {EnumNames<LeadStatus>.Of(lead.Status)} isn't routed.");
            lead.RefuseWhilePending();
            return (await DecideAsync(plan, lead, last, RoutingTrigger.Requested, ct)).ToView();
        },
        ct);

    private Task<T> InTurnAsync<T>(Guid leadId, Func<RoutingPlan?, Lead?, LeadRouting?, Task<T>> work, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(
            async () =>
            {
                var plan = await db.RoutingPlans.ForUpdate().SingleOrDefaultAsync(ct);
                var lead = await db.Leads.SingleOrDefaultAsync(l => l.Id == leadId, ct);
                var last = await db.LeadRoutings.Where(r => r.LeadId == leadId).OrderByDescending(r => r.Number).FirstOrDefaultAsync(ct);
                var result = await work(plan, lead, last);
                await db.SaveChangesAsync(ct);
                return result;
            },
            ct),
        () => null,
        () => CrmException.Contended("lead", leadId),
        ct);

    private async Task<LeadRouting> DecideAsync(RoutingPlan plan, Lead lead, LeadRouting? last, RoutingTrigger trigger, CancellationToken ct)
    {
        var now = db.Stamp().At;
        var (had, owner) = (await HadAsync(lead, trigger, ct), lead.OwnerId);
        var kept = trigger == RoutingTrigger.Requested && owner is not null && last?.OwnerId == owner ? last : null; // who has it still has as long as before to contact it
        if (RuleFor(plan, lead) is not { } rule) return Write(lead, last, trigger, RoutingOutcome.Unmatched, owner, null, null, [], kept?.RespondBy, kept?.DueAt);

        var tenant = await db.Tenants.AsNoTracking().SingleAsync(ct);
        var candidates = new RoutingCandidates(db, tenant, now);
        var considered = await candidates.OfAsync(rule, lead, had, ct);
        var chosen = await ChooseAsync(rule, considered, ct);
        var outcome = chosen is null ? RoutingOutcome.Unassigned : RoutingOutcome.Assigned;
        if (chosen is null && plan.FallbackId is { } fallback && !had.Contains(fallback) && await db.Members.AnyAsync(m => m.UserId == fallback && m.Active, ct)) (chosen, outcome) = (fallback, RoutingOutcome.Fallback);
        if (chosen is not null)
        {
            lead.Assign(chosen);
            await CountAsync(chosen, candidates.Today, ct);
        }

        var account = rule.KeepAccounts ? lead.DomainKey : null;
        var respondBy = chosen is null ? kept?.RespondBy : candidates.RespondBy(rule);
        var dueAt = chosen is not null ? respondBy : owner is null || (trigger == RoutingTrigger.Unanswered && considered.Exists(MayComeBack)) ? WaitUntil(candidates.NextAt, now) : kept?.DueAt;
        var isTold = last is { Outcome: RoutingOutcome.Unassigned } && last.OwnerId == owner;
        if (isTold && chosen is null && trigger != RoutingTrigger.Requested)
        {
            (last!.Candidates, last.DueAt) = (Json(considered), dueAt); // it goes on waiting
            return last;
        }

        if (outcome != RoutingOutcome.Assigned && !isTold) db.Audit(EventTypes.RoutingFailed, "leads", $"{lead.Id}", Differences.Between(null, new { Outcome = outcome, Rule = rule.Name, OwnerId = lead.OwnerId }));
        return Write(lead, last, trigger, outcome, owner, rule, account, considered, respondBy, dueAt);
    }

    /// <summary>Marks in the list who was chosen and who wasn't.</summary>
    /// <returns>Who was; null where nobody can take it.</returns>
    private async Task<string?> ChooseAsync(RoutingRuleFields rule, List<RoutingCandidateView> considered, CancellationToken ct)
    {
        var able = considered.Where(candidate => candidate.PassedOver is null).ToList();
        if (able.Count == 0) return null;
        string chosen;
        if (able.Find(candidate => candidate.IsAccountOwner) is { } account)
        {
            chosen = account.UserId;
        }
        else if (rule.Strategy == RoutingStrategy.LeastLoad)
        {
            chosen = RoutingChoice.ByLoad(able).UserId;
        }
        else
        {
            (able, var place) = await TakeTurnAsync(rule, able, considered, ct);
            chosen = able[place].UserId;
        }

        var others = able.ToDictionary(candidate => candidate.UserId, candidate => candidate.UserId == chosen ? candidate : candidate with { PassedOver = PassedOver.NotInTurn }, StringComparer.Ordinal);
        for (var i = 0; i < considered.Count; i++) considered[i] = others.GetValueOrDefault(considered[i].UserId, considered[i]);
        return chosen;
    }

    private async Task<(List<RoutingCandidateView> Candidates, int Chosen)> TakeTurnAsync(RoutingRuleFields rule, List<RoutingCandidateView> able, List<RoutingCandidateView> considered, CancellationToken ct)
    {
        var row = await db.RoutingTurns.SingleOrDefaultAsync(t => t.Rule == rule.Name, ct);
        if (row is null) db.Add(row = new RoutingTurns(db.Stamp().TenantId, rule.Name));
        var turns = row.Read();
        var taken = RoutingChoice.ByTurns(able, turns);
        row.Write(turns.Where(turn => considered.Exists(candidate => candidate.UserId == turn.Key)).ToDictionary(StringComparer.Ordinal));
        return taken;
    }

    private async Task CountAsync(string userId, DateOnly day, CancellationToken ct)
    {
        var quota = await db.RoutingQuotas.SingleOrDefaultAsync(q => q.UserId == userId, ct);
        if (quota is null) db.Add(quota = new RoutingQuota(db.Stamp().TenantId, userId));
        quota.Count(day);
    }

    private LeadRouting Write(
        Lead lead, LeadRouting? last, RoutingTrigger trigger, RoutingOutcome outcome, string? before, RoutingRuleFields? rule, string? account, List<RoutingCandidateView> considered, DateTimeOffset? respondBy, DateTimeOffset? dueAt)
    {
        if (last is not null) last.DueAt = null;
        var isGiven = outcome is RoutingOutcome.Assigned or RoutingOutcome.Fallback;
        var decision = new LeadRouting
        {
            TenantId = lead.TenantId,
            LeadId = lead.Id,
            Number = (last?.Number ?? 0) + 1,
            At = db.Stamp().At,
            Trigger = trigger,
            Outcome = outcome,
            Rule = rule?.Name,
            Strategy = rule?.Strategy,
            Account = account,
            PreviousOwnerId = before,
            OwnerId = lead.OwnerId,
            AssignedAt = isGiven ? db.Stamp().At : last is not null && last.OwnerId == lead.OwnerId ? last.AssignedAt : null,
            Candidates = Json(considered),
            RespondBy = respondBy,
            DueAt = dueAt,
        };
        db.Add(decision);
        return decision;
    }

    private static RoutingRuleFields? RuleFor(RoutingPlan plan, Lead lead)
    {
        var record = JsonSerializer.SerializeToElement(LeadViews.Of(lead), CrmJson.Options);
        return plan.ReadRules().FirstOrDefault(rule => rule.Condition is not { } condition || ConditionReader.ReadOfRecord(condition, "lead", "").Holds(record));
    }

    /// <summary>Who isn't to be given the lead again: whoever has it, and of one that wasn't contacted in time everybody whom it was given to.</summary>
    private async Task<HashSet<string>> HadAsync(Lead lead, RoutingTrigger trigger, CancellationToken ct)
    {
        var id = lead.Id;
        var had = trigger == RoutingTrigger.Unanswered ? await db.LeadRoutings.Where(r => r.LeadId == id && r.OwnerId != null).Select(r => r.OwnerId!).ToHashSetAsync(StringComparer.Ordinal, ct) : new HashSet<string>(StringComparer.Ordinal);
        if (lead.OwnerId is { } owner) had.Add(owner);
        return had;
    }

    /// <summary>Whether somebody reached out to the lead since, or moved it to another status.</summary>
    private async Task<bool> IsContactedAsync(Guid leadId, DateTimeOffset since, CancellationToken ct)
    {
        var minute = since.AddTicks(-(since.Ticks % TimeSpan.TicksPerMinute)); // as calls are written down
        return await db.Activities.AnyAsync(a => a.LeadId == leadId && a.Direction == ActivityDirection.Outbound && a.OccurredAt >= minute, ct)
            || await db.LeadStays.AnyAsync(s => s.LeadId == leadId && s.EnteredAt > since, ct);
    }

    private static bool MayComeBack(RoutingCandidateView candidate) => candidate.PassedOver is PassedOver.Absent or PassedOver.OutsideHours or PassedOver.QuotaReached;

    private static DateTimeOffset WaitUntil(DateTimeOffset? next, DateTimeOffset now)
    {
        var (first, last) = (now + Shortest, now + Longest);
        return next is not { } at || at > last ? last : at < first ? first : at;
    }

    private static string Json(List<RoutingCandidateView> considered) => JsonSerializer.Serialize(considered, CrmJson.Options);
}
