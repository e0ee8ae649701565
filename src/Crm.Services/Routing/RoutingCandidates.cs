using Crm.Contracts.Leads;
using Crm.Contracts.Routing;
using Crm.Contracts.Settings;
using Crm.Database;
using Crm.Database.Leads;
using Crm.Database.Queries;
using Crm.Database.Records;
using Crm.Database.Routing;
using Crm.Database.Settings;
using Crm.Services.Analytics;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Routing;

/// <summary>Who could be given a lead at an instant, and why each of the others couldn't.</summary>
internal sealed class RoutingCandidates
{
    private readonly CrmDbContext db;
    private readonly Tenant tenant;
    private readonly Calendar calendar;
    private readonly DateTimeOffset now;

    /// <param name="db">Where they are.</param>
    /// <param name="tenant">By whose clocks they work.</param>
    /// <param name="now">At which instant.</param>
    public RoutingCandidates(CrmDbContext db, Tenant tenant, DateTimeOffset now)
    {
        (this.db, this.tenant, this.now) = (db, tenant, now);
        calendar = new Calendar(TimeZoneInfo.FindSystemTimeZoneById(tenant.TimeZone));
        Today = calendar.DateOf(now);
    }

    /// <summary>The day that quotas are counted by.</summary>
    public DateOnly Today { get; }

    /// <summary>When somebody who was passed over can take leads again, as far as that is known.</summary>
    public DateTimeOffset? NextAt { get; private set; }

    /// <summary>By when a lead that is given now is to be contacted; null for no limit, or where the tenant never works.</summary>
    public DateTimeOffset? RespondBy(RoutingRuleFields rule) =>
        rule.RespondWithinMinutes is { } minutes && TimeOf(Tenant.HoursOf(tenant.WorkingHours)).After(Instants.Micros(now), minutes * 60_000_000L) is { } at ? DateTimeOffset.UnixEpoch.AddMicroseconds(at) : null;

    /// <summary>All who are to be considered, the account's owner first; those without <see cref="RoutingCandidateView.PassedOver"/> could be given the lead.</summary>
    /// <param name="rule">Whose candidates.</param>
    /// <param name="lead">For which lead.</param>
    /// <param name="had">Who isn't to be given it again.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<List<RoutingCandidateView>> OfAsync(RoutingRuleFields rule, Lead lead, IReadOnlySet<string> had, CancellationToken ct)
    {
        var named = await NamedAsync(rule, lead, ct);
        var ids = named.ConvertAll(one => one.UserId);
        var active = await db.Members.AsNoTracking().Where(m => ids.Contains(m.UserId) && m.Active).Select(m => m.UserId).ToHashSetAsync(StringComparer.Ordinal, ct);
        var availabilities = await db.Availabilities.AsNoTracking().Where(a => ids.Contains(a.UserId)).ToDictionaryAsync(a => a.UserId, StringComparer.Ordinal, ct);
        var quotas = await db.RoutingQuotas.AsNoTracking().Where(q => ids.Contains(q.UserId)).ToDictionaryAsync(q => q.UserId, q => q.On(Today), StringComparer.Ordinal, ct);
        var loads = rule.Strategy == RoutingStrategy.LeastLoad ? await LoadsAsync(ids, ct) : null;
        return named.ConvertAll(one =>
        {
            var (availability, today) = (availabilities.GetValueOrDefault(one.UserId), quotas.GetValueOrDefault(one.UserId));
            var passedOver = !active.Contains(one.UserId) ? PassedOver.Inactive : had.Contains(one.UserId) ? PassedOver.HadBefore : availability is null ? null : Hindrance(availability, today);
            return new RoutingCandidateView
            {
                UserId = one.UserId,
                Weight = one.Weight,
                IsAccountOwner = one.IsAccountOwner,
                LeadsToday = today,
                LeadsPerDay = availability?.LeadsPerDay,
                OpenLeads = loads is null ? null : loads.GetValueOrDefault(one.UserId),
                PassedOver = passedOver,
            };
        });
    }

    /// <summary>Each once, as named first.</summary>
    private async Task<List<(string UserId, int Weight, bool IsAccountOwner)>> NamedAsync(RoutingRuleFields rule, Lead lead, CancellationToken ct)
    {
        var teamIds = rule.Candidates.Select(candidate => candidate.TeamId).OfType<Guid>().ToList();
        var teams = teamIds.Count == 0 ? null : (await db.TeamMembers.AsNoTracking().Where(m => teamIds.Contains(m.TeamId)).OrderBy(m => m.UserId).ToListAsync(ct)).ToLookup(m => m.TeamId, m => m.UserId);
        var named = rule.Candidates.SelectMany(candidate => candidate.TeamId is { } team ? teams![team].Select(user => (UserId: user, candidate.Weight)) : [(candidate.UserId!, candidate.Weight)]).DistinctBy(one => one.UserId, StringComparer.Ordinal).ToList();
        var account = rule.KeepAccounts ? await AccountOwnerAsync(lead, ct) : null;
        if (account is null) return named.ConvertAll(one => (one.UserId, one.Weight, false));
        var weight = named.Where(one => one.UserId == account).Select(one => one.Weight).FirstOrDefault(1);
        return [(account, weight, true), .. named.Where(one => one.UserId != account).Select(one => (one.UserId, one.Weight, false))];
    }

    private async Task<string?> AccountOwnerAsync(Lead lead, CancellationToken ct)
    {
        if (lead.DomainKey is not { } domain) return null;
        return await db.Leads.WithUnseen().Where(l => l.DomainKey == domain && l.OwnerId != null && l.Id != lead.Id).OrderByDescending(l => l.CreatedAt).ThenByDescending(l => l.Id).Select(l => l.OwnerId).FirstOrDefaultAsync(ct);
    }

    private Task<Dictionary<string, int>> LoadsAsync(List<string> ids, CancellationToken ct) =>
        db.Leads.WithUnseen().Where(l => ids.Contains(l.OwnerId!) && l.Status != LeadStatus.Converted && l.Status != LeadStatus.Unqualified)
            .GroupBy(l => l.OwnerId!).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, StringComparer.Ordinal, ct);

    private PassedOver? Hindrance(Availability availability, int today)
    {
        if (!availability.AcceptsLeads) return PassedOver.OptedOut;
        if (availability.ReadAbsences().Where(absence => absence.From <= Today && absence.To >= Today).Select(absence => absence.To).Max() is { } last)
        {
            Again(calendar.StartOf(last.AddDays(1)));
            return PassedOver.Absent;
        }

        if (availability.ReadHours() is { } hours)
        {
            var next = TimeOf(hours).NextFrom(Instants.Micros(now));
            if (next != Instants.Micros(now))
            {
                if (next is { } at) Again(DateTimeOffset.UnixEpoch.AddMicroseconds(at));
                return PassedOver.OutsideHours;
            }
        }

        if (today < availability.LeadsPerDay || availability.LeadsPerDay is null) return null;
        if (availability.LeadsPerDay > 0) Again(calendar.StartOf(Today.AddDays(1)));
        return PassedOver.QuotaReached;
    }

    private void Again(DateTimeOffset at) => NextAt = NextAt < at ? NextAt : at;

    private WorkingTime TimeOf(IReadOnlyList<WorkingHours> hours) => new(calendar, hours, Tenant.DaysOf(tenant.Holidays));
}
