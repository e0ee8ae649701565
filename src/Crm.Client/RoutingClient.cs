using Crm.Contracts.Failures;
using Crm.Contracts.Routing;

namespace Crm.Client;

/// <summary>How leads that come without an owner find one.</summary>
public sealed class RoutingClient
{
    private readonly Wire wire;

    internal RoutingClient(Wire wire) => this.wire = wire;

    public Task<RoutingView> GetAsync(CancellationToken ct) => wire.SendAsync<RoutingView>(HttpMethod.Get, "automation/routing", ct);

    /// <param name="change">An object with the members to change, such as <c>new { isActive = true }</c>; rules are given as a whole.</param>
    /// <param name="ifVersion">The version that was read; null to change whatever is there.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    /// <exception cref="CrmException">400 for rules that can't be; 412 for another version; 422 for a member or a team that there isn't.</exception>
    public Task<RoutingView> ChangeAsync(object change, int? ifVersion, CancellationToken ct) => wire.SendAsync<RoutingView>(HttpMethod.Patch, "automation/routing", ct, change, ifVersion);

    /// <param name="userId">Of which member; <c>me</c> for the user's own.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="CrmException">404.</exception>
    public Task<AvailabilityView> GetAvailabilityAsync(string userId, CancellationToken ct) => wire.SendAsync<AvailabilityView>(HttpMethod.Get, PathOf(userId), ct);

    /// <param name="userId">Of which member; <c>me</c> for the user's own.</param>
    /// <param name="change">An object with the members to change, such as <c>new { leadsPerDay = 12 }</c>.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    /// <exception cref="CrmException">400; 403 for another's without the role <c>MANAGER</c>; 404.</exception>
    public Task<AvailabilityView> ChangeAvailabilityAsync(string userId, object change, CancellationToken ct) => wire.SendAsync<AvailabilityView>(HttpMethod.Patch, PathOf(userId), ct, change);

    /// <summary>The decisions on a lead, the first first.</summary>
    /// <exception cref="CrmException">404.</exception>
    public Task<RoutingDecisionList> DecisionsAsync(Guid leadId, CancellationToken ct) => wire.SendAsync<RoutingDecisionList>(HttpMethod.Get, $"leads/{leadId}/routing", ct);

    /// <summary>Gives a lead to somebody by the rules, now; its owner isn't given it again.</summary>
    /// <exception cref="CrmException">404; 409 for a lead that isn't open or is being converted, and where there are no rules.</exception>
    public Task<RoutingDecisionView> RouteAsync(Guid leadId, CancellationToken ct) => wire.SendAsync<RoutingDecisionView>(HttpMethod.Post, $"leads/{leadId}/route", ct);

    private static string PathOf(string userId) => $"automation/availability/{Uri.EscapeDataString(userId)}";
}
