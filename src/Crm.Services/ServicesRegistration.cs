using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Database;
using Crm.Database.Postgres;
using Crm.Services.Accounts;
using Crm.Services.Activities;
using Crm.Services.Alarms;
using Crm.Services.Analytics;
using Crm.Services.ApiKeys;
using Crm.Services.Audit;
using Crm.Services.Conversion;
using Crm.Services.Dashboards;
using Crm.Services.Deals;
using Crm.Services.Events;
using Crm.Services.Goals;
using Crm.Services.Idempotency;
using Crm.Services.Leads;
using Crm.Services.Members;
using Crm.Services.Notifications;
using Crm.Services.Operations;
using Crm.Services.Pipelines;
using Crm.Services.Records;
using Crm.Services.Routing;
using Crm.Services.Scoring;
using Crm.Services.Search;
using Crm.Services.Settings;
using Crm.Services.Tasks;
using Crm.Services.Teams;
using Crm.Services.Tenancy;
using Crm.Services.Webhooks;
using Crm.Services.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crm.Services;

public static class ServicesRegistration
{
    /// <summary>How much a process keeps of what it can make again.</summary>
    private const long MostKeptBytes = 64 * 1024 * 1024;

    /// <summary>What is larger isn't kept.</summary>
    private const int MostBytesOfOne = 4 * 1024 * 1024;

    /// <summary>Registers everything below HTTP, over the database that the connection string is for.</summary>
    /// <exception cref="FormatException">The connection string is for neither SQLite nor PostgreSQL.</exception>
    public static IServiceCollection AddCrm(this IServiceCollection services, string connectionString, DatabaseLimits limits)
    {
        services.TryAddSingleton<TimeProvider>(new MicrosecondClock(TimeProvider.System));
        services.AddMemoryCache(memory => memory.SizeLimit = MostKeptBytes).AddHybridCache(cache => cache.MaximumPayloadBytes = MostBytesOfOne);
        return services
            .AddCrmDatabase(connectionString, new WallOptions(limits.SetLocal, limits.Statement, limits.Lock, limits.IdleInTransaction))
            .AddAccounts()
            .AddSingleton<DatabaseService>()
            .AddSingleton<Sealer>()
            .AddSingleton<Relay>()
            .AddSingleton<RelayMeter>()
            .AddSingleton<Instances>()
            .AddScoped<LogConsumers>()
            .AddScoped<ConsumerService>()
            .AddScoped<FeedService>()
            .AddSingleton<WatchPlaces>()
            .AddSingleton<LogTails>()
            .AddSingleton<LiveStream>()
            .AddSingleton<AlarmClock>()
            .AddSingleton<AuditLog>()
            .AddSingleton<AuditCheck>()
            .AddScoped<AuditService>()
            .AddScoped<DatabaseProbe>()
            .AddScoped<Caller>()
            .AddScoped<References>()
            .AddScoped<AdmissionService>()
            .AddScoped<IdempotencyService>()
            .AddScoped<MemberService>()
            .AddSingleton<ApiKeyAuthentication>()
            .AddScoped<ApiKeyService>()
            .AddScoped<TeamService>()
            .AddScoped<GoalService>()
            .AddScoped<SettingsService>()
            .AddScoped<RateService>()
            .AddScoped<PipelineService>()
            .AddSingleton<SearchUpkeep>()
            .AddScoped<SearchIndex>()
            .AddScoped<SearchService>()
            .AddScoped<LeadService>()
            .AddScoped<LeadTimelineService>()
            .AddScoped<LeadRouter>()
            .AddScoped<RoutingService>()
            .AddScoped<AvailabilityService>()
            .AddSingleton<RoutingClock>()
            .AddSingleton<IEventConsumer, RoutingConsumer>()
            .AddSingleton<ConversionRunner>()
            .AddScoped<ConversionService>()
            .AddScoped<CustomerService>()
            .AddScoped<DealService>()
            .AddScoped<DealTimelineService>()
            .AddScoped<AnalyticsService>()
            .AddSingleton<ReportCache>()
            .AddSingleton<ReportMeter>()
            .AddScoped<DashboardService>()
            .AddSingleton<DashboardScheduler>()
            .AddSingleton<DashboardTidier>()
            .AddSingleton<LeadScorer>()
            .AddSingleton<ScoringPass>()
            .AddScoped<ScoringService>()
            .AddScoped<ScoringModels>()
            .AddSingleton<ModelTrainer>()
            .AddScoped<TaskService>()
            .AddScoped<ActivityService>()
            .AddScoped<WebhookService>()
            .AddSingleton<WorkflowSignal>()
            .AddSingleton<WorkflowRunner>()
            .AddSingleton<WorkflowClock>()
            .AddSingleton<WorkflowTidier>()
            .AddScoped<WorkflowActions>()
            .AddScoped<WorkflowCalls>()
            .AddScoped<WorkflowSteps>()
            .AddScoped<WorkflowRehearsal>()
            .AddScoped<WorkflowService>()
            .AddSingleton<IEventConsumer, WorkflowConsumer>();
    }

    /// <summary>Registers what users are told, and the mail server by which some of it, and dashboards, go out.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services, SmtpSettings settings) => services
        .AddSingleton(settings)
        .AddSingleton<IEventConsumer, NotificationConsumer>()
        .AddSingleton<NotificationMailer>()
        .AddSingleton<NotificationTidier>()
        .AddSingleton<DashboardMailer>()
        .AddScoped<NotificationService>();

    /// <summary>Registers what scores leads when something happens to them.</summary>
    public static IServiceCollection AddScoring(this IServiceCollection services) => services.AddSingleton<IEventConsumer, ScoringConsumer>();

    /// <summary>Registers the registry that customers are kept in.</summary>
    public static IServiceCollection AddRegistry(this IServiceCollection services, RegistrySettings settings)
    {
        services.AddSingleton(settings);
        return settings.BaseUrl is null ? services.AddSingleton<IRegistry, EmbeddedRegistry>() : services.AddSingleton<IRegistry, RemoteRegistry>();
    }

    /// <summary>Registers what tells webhooks of events.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, WebhookSettings settings)
    {
        services.TryAddSingleton<HostLookup>(_ => WebhookAddresses.LookUpAsync);
        return services.AddSingleton(settings).AddSingleton<WebhookAddresses>().AddSingleton<WebhookSender>().AddSingleton<WebhookJournal>().AddSingleton<IEventConsumer, WebhookConsumer>();
    }

    /// <summary>A failure below in our own words, where a caller may be told of it; else null.</summary>
    public static CrmException? Translate(Exception exception) => exception as CrmException ?? Failures.Translate(exception);
}

/// <summary>A clock that ticks in microseconds, the finest that both databases keep: what is answered is what is stored.</summary>
internal sealed class MicrosecondClock(TimeProvider clock) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => InstantConverter.ToMicroseconds(clock.GetUtcNow());

    public override long GetTimestamp() => clock.GetTimestamp();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
}
