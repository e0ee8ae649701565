using Crm.Contracts.Activities;
using Crm.Contracts.Deals;
using Crm.Contracts.Leads;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Settings;
using Crm.Contracts.Tasks;
using Crm.Contracts.Timelines;

namespace Crm.Client;

/// <summary>
/// The service, seen by one user of one tenant. Failures are thrown as <see cref="Contracts.Failures.CrmException"/> with the code,
/// the message and the faults that the service gave.
/// </summary>
/// <param name="http">With the service's address as <see cref="HttpClient.BaseAddress"/> and the user's token as authorization.</param>
/// <param name="tenantId">The tenant to act for.</param>
public sealed class CrmClient(HttpClient http, Guid tenantId)
{
    private readonly Wire wire = new(http, tenantId);

    public RecordsClient<LeadFields, LeadView, LeadQuery> Leads => new(wire, "leads");

    public RecordsClient<DealFields, DealView, DealQuery> Deals => new(wire, "deals");

    public RecordsClient<TaskFields, TaskView, TaskQuery> Tasks => new(wire, "tasks");

    public RecordsClient<ActivityFields, ActivityView, ActivityQuery> Activities => new(wire, "activities");

    public PipelinesClient Pipelines => new(wire);

    /// <summary>Reports on deals, leads and work.</summary>
    public AnalyticsClient Analytics => new(wire);

    /// <summary>Named sets of reports.</summary>
    public DashboardsClient Dashboards => new(wire);

    /// <summary>What currencies are worth in each other.</summary>
    public RatesClient Rates => new(wire);

    /// <summary>How much members and teams are to win.</summary>
    public GoalsClient Goals => new(wire);

    /// <summary>How leads that come without an owner find one.</summary>
    public RoutingClient Routing => new(wire);

    /// <summary>How leads are scored, and why.</summary>
    public ScoringClient Scoring => new(wire);

    /// <summary>What is done by itself when something happens or the time has come.</summary>
    public WorkflowsClient Workflows => new(wire);

    /// <summary>Makes customers of leads.</summary>
    public ConversionsClient Conversions => new(wire);

    public CustomersClient Customers => new(wire);

    /// <summary>Everything by its words.</summary>
    public SearchClient Search => new(wire);

    /// <summary>What changed, in order.</summary>
    public EventsClient Events => new(wire);

    /// <summary>What the user is told.</summary>
    public NotificationsClient Notifications => new(wire);

    /// <summary>Endpoints that are told of events.</summary>
    public WebhooksClient Webhooks => new(wire);

    /// <summary>The stays of a lead in its statuses, the first first.</summary>
    public async Task<IReadOnlyList<LeadStatusView>> LeadHistoryAsync(Guid leadId, CancellationToken ct) =>
        (await wire.SendAsync<StayList<LeadStatusView>>(HttpMethod.Get, $"leads/{leadId}/history", ct)).Items;

    /// <summary>A page of everything that happened to a lead, newest first.</summary>
    public Task<TimelinePage> LeadTimelineAsync(Guid leadId, TimelineQuery query, CancellationToken ct) =>
        wire.SendAsync<TimelinePage>(HttpMethod.Get, $"leads/{leadId}/timeline{QueryString.Of(query)}", ct);

    /// <summary>The stays of a deal in its stages, the first first.</summary>
    public async Task<IReadOnlyList<DealStayView>> DealHistoryAsync(Guid dealId, CancellationToken ct) =>
        (await wire.SendAsync<StayList<DealStayView>>(HttpMethod.Get, $"deals/{dealId}/history", ct)).Items;

    /// <summary>A page of everything that happened to a deal, and was done and is to be done for the lead that it came from, newest first.</summary>
    public Task<TimelinePage> DealTimelineAsync(Guid dealId, TimelineQuery query, CancellationToken ct) =>
        wire.SendAsync<TimelinePage>(HttpMethod.Get, $"deals/{dealId}/timeline{QueryString.Of(query)}", ct);

    /// <summary>Moves a deal to a stage of its pipeline; the stage it stands in is no move.</summary>
    public Task<DealView> MoveDealAsync(Guid dealId, MoveDeal command, CancellationToken ct) =>
        wire.SendAsync<DealView>(HttpMethod.Put, $"deals/{dealId}/stage", ct, command);

    /// <summary>Completes a task; a completed one stays as it is.</summary>
    public Task<TaskView> CompleteTaskAsync(Guid taskId, CancellationToken ct) => wire.SendAsync<TaskView>(HttpMethod.Put, $"tasks/{taskId}/complete", ct);

    /// <summary>Makes a completed task one to do.</summary>
    public Task<TaskView> ReopenTaskAsync(Guid taskId, CancellationToken ct) => wire.SendAsync<TaskView>(HttpMethod.Delete, $"tasks/{taskId}/complete", ct);

    public Task<MeView> MeAsync(CancellationToken ct) => wire.SendAsync<MeView>(HttpMethod.Get, "me", ct);

    public Task<Page<MemberView>> MembersAsync(MemberQuery query, CancellationToken ct) =>
        wire.SendAsync<Page<MemberView>>(HttpMethod.Get, $"members{QueryString.Of(query)}", ct);

    public Task<SettingsView> SettingsAsync(CancellationToken ct) => wire.SendAsync<SettingsView>(HttpMethod.Get, "settings", ct);
}
