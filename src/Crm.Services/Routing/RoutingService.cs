using Crm.Contracts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Routing;
using Crm.Database;
using Crm.Database.Routing;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Conditions;
using Crm.Services.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Routing;

/// <summary>How leads that come without an owner find one, and how each found it.</summary>
public sealed class RoutingService(CrmDbContext db, Caller caller, LeadRouter router)
{
    public async Task<RoutingView> GetAsync(CancellationToken ct) => ViewOf(await db.RoutingPlans.AsNoTracking().SingleOrDefaultAsync(ct) ?? new RoutingPlan(caller.TenantId));

    /// <summary>Changes it for leads that are routed from now on. What waits for somebody is looked at again at once.</summary>
    /// <exception cref="CrmException">400 for a name that is there twice, or a condition that can't be asked; 412 where <paramref name="ifMatch"/> is stale; 422 for a member or a team that there isn't, each with its pointer.</exception>
    public Task<RoutingView> ChangeAsync(Changes<RoutingFields> change, int? ifMatch, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(
            async () =>
            {
                var plan = await db.RoutingPlans.ForUpdate().SingleOrDefaultAsync(ct);
                if (ifMatch is { } version && version != (plan?.Version ?? 0)) throw Stale();
                if (plan is null) db.Add(plan = new RoutingPlan(caller.TenantId));
                var was = plan.Fields();
                var fields = change.ApplyTo(plan.Fields());
                fields = fields with { FallbackId = caller.Resolve(fields.FallbackId), Rules = [.. fields.Rules.Select(Resolved)] };
                await CheckAsync(was, fields, ct);
                if (!plan.Change(fields, db.Stamp().At))
                {
                    db.Forget();
                    return ViewOf(plan);
                }

                db.Audit(EventTypes.RoutingChanged, "routing", "", Differences.Between(was, plan.Fields()));
                await db.SaveChangesAsync(ct);
                var names = fields.Rules.Select(rule => rule.Name).ToList();
                await db.RoutingTurns.Where(t => !names.Contains(t.Rule)).ExecuteDeleteAsync(ct);
                await WakeAsync(db, ct);
                return ViewOf(plan);
            },
            ct),
        () => ifMatch is null ? null : Stale(),
        () => CrmException.Contended("tenant", caller.TenantId),
        ct);

    /// <summary>The decisions on a lead, the first first, with those who were considered that the caller may see; null for no such lead.</summary>
    public async Task<IReadOnlyList<RoutingDecisionView>?> DecisionsAsync(Guid leadId, CancellationToken ct)
    {
        if (!await db.Leads.AnyAsync(l => l.Id == leadId, ct)) return null;
        return (await db.LeadRoutings.AsNoTracking().Where(r => r.LeadId == leadId).OrderBy(r => r.Number).ToListAsync(ct)).ConvertAll(decision => Seen(decision.ToView()));
    }

    /// <summary>Routes a lead now, be it owned or not; its owner isn't given it again.</summary>
    /// <exception cref="CrmException">404; 409 for a lead that isn't open or is being converted, and where there are no rules.</exception>
    public Task<RoutingDecisionView> RouteAsync(Guid leadId, CancellationToken ct) => router.RouteAgainAsync(leadId, ct);

    /// <summary>Has leads that wait for somebody looked at again now, with the transaction.</summary>
    internal static Task WakeAsync(CrmDbContext db, CancellationToken ct)
    {
        var now = db.Stamp().At;
        return db.LeadRoutings.Where(r => r.DueAt > now && r.OwnerId == null).ExecuteUpdateAsync(set => set.SetProperty(r => r.DueAt, now), ct);
    }

    /// <summary>How much others have to do, and whose a company is, isn't told to who doesn't see their leads.</summary>
    private RoutingDecisionView Seen(RoutingDecisionView decision) =>
        caller.Sight is { } users ? decision with { Candidates = [.. decision.Candidates.Where(candidate => users.Contains(candidate.UserId))] } : decision;

    private RoutingRuleFields Resolved(RoutingRuleFields rule) =>
        rule with { Candidates = [.. rule.Candidates.Select(candidate => candidate with { UserId = caller.Resolve(candidate.UserId) })] };

    /// <summary>That rules have names of their own and conditions that can be asked of leads, and that who is new in them is there.</summary>
    private async Task CheckAsync(RoutingFields was, RoutingFields fields, CancellationToken ct)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < fields.Rules.Count; i++)
        {
            var rule = fields.Rules[i];
            if (!names.Add(rule.Name)) faults[$"/rules/{i}/name"] = ["is the name of another rule, too"];
            if (rule.Condition is { } condition) ConditionFaults.Collect(faults, () => ConditionReader.ReadOfRecord(condition, "lead", $"/rules/{i}/condition"));
            for (var j = 0; j < rule.Candidates.Count; j++)
            {
                if (rule.Candidates[j] is { UserId: null } == rule.Candidates[j] is { TeamId: null }) faults[$"/rules/{i}/candidates/{j}"] = ["must have userId or teamId, and not both"];
            }
        }

        if (faults.Count > 0) throw CrmException.Invalid(faults);
        await CheckMembersAsync(was, fields, ct);
        await CheckTeamsAsync(was, fields, ct);
    }

    private async Task CheckMembersAsync(RoutingFields was, RoutingFields fields, CancellationToken ct)
    {
        var known = MembersOf(was).Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        var come = MembersOf(fields).Where(one => !known.Contains(one.Id)).ToList();
        var ids = come.ConvertAll(one => one.Id);
        var active = ids.Count == 0 ? [] : await db.Members.Where(m => ids.Contains(m.UserId)).ToDictionaryAsync(m => m.UserId, m => m.Active, StringComparer.Ordinal, ct);
        foreach (var (pointer, id) in come)
        {
            if (!active.TryGetValue(id, out var isActive)) throw CrmException.UnknownReference(pointer, "member", id);
            if (!isActive) throw References.Inactive(pointer, id);
        }
    }

    private async Task CheckTeamsAsync(RoutingFields was, RoutingFields fields, CancellationToken ct)
    {
        var known = TeamsOf(was).Select(one => one.Id).ToHashSet();
        var come = TeamsOf(fields).Where(one => !known.Contains(one.Id)).ToList();
        var ids = come.ConvertAll(one => one.Id);
        var there = ids.Count == 0 ? [] : (await db.Teams.Where(t => ids.Contains(t.Id)).Select(t => t.Id).ToListAsync(ct)).ToHashSet();
        foreach (var (pointer, id) in come)
        {
            if (!there.Contains(id)) throw CrmException.UnknownReference(pointer, "team", id);
        }
    }

    private static IEnumerable<(string Pointer, string Id)> MembersOf(RoutingFields fields) =>
        fields.Rules.SelectMany((rule, i) => rule.Candidates.Select((candidate, j) => ($"/rules/{i}/candidates/{j}/userId", candidate.UserId))).Append(("/fallbackId", fields.FallbackId)).Where(one => one.Item2 is not null)!;

    private static IEnumerable<(string Pointer, Guid Id)> TeamsOf(RoutingFields fields) =>
        fields.Rules.SelectMany((rule, i) => rule.Candidates.Select((candidate, j) => (Pointer: $"/rules/{i}/candidates/{j}/teamId", candidate.TeamId))).Where(one => one.TeamId is not null).Select(one => (one.Pointer, one.TeamId!.Value));

    private static RoutingView ViewOf(RoutingPlan plan) => new()
    {
        IsActive = plan.IsActive,
        Rules = [.. plan.ReadRules().Select(ViewOf)],
        FallbackId = plan.FallbackId,
        UpdatedAt = plan.Version == 0 ? null : plan.UpdatedAt,
        Version = plan.Version,
    };

    private static RoutingRuleView ViewOf(RoutingRuleFields rule) => new()
    {
        Name = rule.Name,
        Condition = rule.Condition,
        Strategy = rule.Strategy,
        KeepAccounts = rule.KeepAccounts,
        Candidates = [.. rule.Candidates.Select(candidate => new RoutingRuleCandidateView { UserId = candidate.UserId, TeamId = candidate.TeamId, Weight = candidate.Weight })],
        RespondWithinMinutes = rule.RespondWithinMinutes,
    };

    private static CrmException Stale() =>
        new(FailureKind.PreconditionFailed, FailureCodes.Stale, "The routing was changed since you read it. Read it again and send the change with its new ETag.");
}
