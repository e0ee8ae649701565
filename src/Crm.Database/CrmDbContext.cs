using Crm.Contracts.Activities;
using Crm.Contracts.Conversion;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Goals;
using Crm.Contracts.Leads;
using Crm.Contracts.Members;
using Crm.Contracts.Notifications;
using Crm.Contracts.Pipelines;
using Crm.Contracts.Routing;
using Crm.Contracts.Scoring;
using Crm.Contracts.Settings;
using Crm.Contracts.Tasks;
using Crm.Contracts.Webhooks;
using Crm.Contracts.Workflows;
using Crm.Database.Activities;
using Crm.Database.ApiKeys;
using Crm.Database.Audit;
using Crm.Database.Conversion;
using Crm.Database.Deals;
using Crm.Database.Events;
using Crm.Database.Goals;
using Crm.Database.Idempotency;
using Crm.Database.Invitations;
using Crm.Database.Leads;
using Crm.Database.Members;
using Crm.Database.Naming;
using Crm.Database.Notifications;
using Crm.Database.Pipelines;
using Crm.Database.Queries;
using Crm.Database.Records;
using Crm.Database.Routing;
using Crm.Database.Settings;
using Crm.Database.Tasks;
using Crm.Database.Teams;
using Crm.Database.Tenancy;
using Crm.Database.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace Crm.Database;

/// <summary>The tables, seen through the eyes of one tenant.</summary>
public abstract partial class CrmDbContext(DbContextOptions options, TenantScope scope, TimeProvider clock, LogSignal signal) : DbContext(options)
{
    private Stamp? stamp;

    public DbSet<Tenant> Tenants => Set<Tenant>();
    public DbSet<CurrencyRate> CurrencyRates => Set<CurrencyRate>();
    public DbSet<Member> Members => Set<Member>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<Team> Teams => Set<Team>();
    public DbSet<TeamMember> TeamMembers => Set<TeamMember>();
    public DbSet<Availability> Availabilities => Set<Availability>();
    public DbSet<RoutingPlan> RoutingPlans => Set<RoutingPlan>();
    public DbSet<RoutingTurns> RoutingTurns => Set<RoutingTurns>();
    public DbSet<RoutingQuota> RoutingQuotas => Set<RoutingQuota>();
    public DbSet<Goal> Goals => Set<Goal>();
    public DbSet<GoalSnapshot> GoalSnapshots => Set<GoalSnapshot>();
    public DbSet<Pipeline> Pipelines => Set<Pipeline>();
    public DbSet<Stage> Stages => Set<Stage>();
    public DbSet<StageSnapshot> StageSnapshots => Set<StageSnapshot>();
    public DbSet<Lead> Leads => Set<Lead>();
    public DbSet<LeadStay> LeadStays => Set<LeadStay>();
    public DbSet<LeadSnapshot> LeadSnapshots => Set<LeadSnapshot>();
    public DbSet<LeadTag> LeadTags => Set<LeadTag>();
    public DbSet<LeadRouting> LeadRoutings => Set<LeadRouting>();
    public DbSet<Deal> Deals => Set<Deal>();
    public DbSet<DealStay> DealStays => Set<DealStay>();
    public DbSet<DealSnapshot> DealSnapshots => Set<DealSnapshot>();
    public DbSet<DealTag> DealTags => Set<DealTag>();
    public DbSet<CrmTask> Tasks => Set<CrmTask>();
    public DbSet<TaskSnapshot> TaskSnapshots => Set<TaskSnapshot>();
    public DbSet<Activity> Activities => Set<Activity>();
    public DbSet<ActivitySnapshot> ActivitySnapshots => Set<ActivitySnapshot>();
    public DbSet<Event> Events => Set<Event>();
    public DbSet<LogConsumer> LogConsumers => Set<LogConsumer>();
    public DbSet<HeldDelivery> HeldDeliveries => Set<HeldDelivery>();
    public DbSet<UnsealedEvent> UnsealedEvents => Set<UnsealedEvent>();
    public DbSet<Seal> Seals => Set<Seal>();
    public DbSet<SealHead> SealHeads => Set<SealHead>();
    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();
    public DbSet<LeadConversion> Conversions => Set<LeadConversion>();
    public DbSet<Customer> Customers => Set<Customer>();
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<Webhook> Webhooks => Set<Webhook>();
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();
    public DbSet<Notification> Notifications => Set<Notification>();
    public DbSet<NotificationMail> NotificationMails => Set<NotificationMail>();
    public DbSet<NotificationCounter> NotificationCounters => Set<NotificationCounter>();
    public DbSet<NotificationPreference> NotificationPreferences => Set<NotificationPreference>();

    /// <summary>For whom, by whom and when what is written now is written: one instant until it is saved.</summary>
    public Stamp Stamp() => stamp is { } taken && taken.TenantId == scope.TenantId ? taken : (stamp = new Stamp(scope.TenantId, scope.UserId, clock.GetUtcNow()) { Credential = scope.Credential, Address = scope.Address }).Value;

    /// <summary>Begins anew: nothing tracked, a new instant.</summary>
    public void Forget()
    {
        ChangeTracker.Clear();
        stamp = null;
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Ignore<RaisedEvent>();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(CrmDbContext).Assembly);
        foreach (var entity in modelBuilder.Model.GetEntityTypes().Select(type => type.ClrType).ToList())
        {
            modelBuilder.FilterByTenant(entity, this);
        }

        FilterBySight(modelBuilder);

        modelBuilder.UseSnakeCase();
        modelBuilder.CompareTextLists();
        modelBuilder.CountMicroseconds();
        modelBuilder.MapInstants();
        modelBuilder.MapConversions();
        modelBuilder.MapAmounts();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Conventions.Remove<ForeignKeyIndexConvention>(); // the indexes are the ones that a query was seen to need
        configurationBuilder.Properties<decimal>().HaveConversion<MoneyConverter>();
        configurationBuilder.Properties<ConversionState>().HaveConversion<NameConverter<ConversionState>>();
        configurationBuilder.Properties<LeadStatus>().HaveConversion<NameConverter<LeadStatus>>();
        configurationBuilder.Properties<LeadSource>().HaveConversion<NameConverter<LeadSource>>();
        configurationBuilder.Properties<TaskType>().HaveConversion<NameConverter<TaskType>>();
        configurationBuilder.Properties<TaskPriority>().HaveConversion<NameConverter<TaskPriority>>();
        configurationBuilder.Properties<ActivityType>().HaveConversion<NameConverter<ActivityType>>();
        configurationBuilder.Properties<ActivityDirection>().HaveConversion<NameConverter<ActivityDirection>>();
        configurationBuilder.Properties<DealMovement>().HaveConversion<NameConverter<DealMovement>>();
        configurationBuilder.Properties<StageKind>().HaveConversion<NameConverter<StageKind>>();
        configurationBuilder.Properties<GoalMetric>().HaveConversion<NameConverter<GoalMetric>>();
        configurationBuilder.Properties<Role>().HaveConversion<NameConverter<Role>>();
        configurationBuilder.Properties<WebhookState>().HaveConversion<NameConverter<WebhookState>>();
        configurationBuilder.Properties<WebhookDisabledReason>().HaveConversion<NameConverter<WebhookDisabledReason>>();
        configurationBuilder.Properties<DeliveryOutcome>().HaveConversion<NameConverter<DeliveryOutcome>>();
        configurationBuilder.Properties<NotificationKind>().HaveConversion<NameConverter<NotificationKind>>();
        configurationBuilder.Properties<MailState>().HaveConversion<NameConverter<MailState>>();
        configurationBuilder.Properties<DeliveryChannel>().HaveConversion<NameConverter<DeliveryChannel>>();
        configurationBuilder.Properties<DeliveryState>().HaveConversion<NameConverter<DeliveryState>>();
        configurationBuilder.Properties<ScheduleStopReason>().HaveConversion<NameConverter<ScheduleStopReason>>();
        configurationBuilder.Properties<RoutingStrategy>().HaveConversion<NameConverter<RoutingStrategy>>();
        configurationBuilder.Properties<RoutingTrigger>().HaveConversion<NameConverter<RoutingTrigger>>();
        configurationBuilder.Properties<RoutingOutcome>().HaveConversion<NameConverter<RoutingOutcome>>();
        configurationBuilder.Properties<WorkflowRunState>().HaveConversion<NameConverter<WorkflowRunState>>();
        configurationBuilder.Properties<SearchLanguage>().HaveConversion<NameConverter<SearchLanguage>>();
        configurationBuilder.Properties<ScoringMethod>().HaveConversion<NameConverter<ScoringMethod>>();
        configurationBuilder.Properties<Visibility>().HaveConversion<NameConverter<Visibility>>();
    }

    internal Guid FilterTenantId => scope.TenantId;
}
