using Crm.Api.Activities;
using Crm.Api.Analytics;
using Crm.Api.ApiKeys;
using Crm.Api.Audit;
using Crm.Api.Auth;
using Crm.Api.Conversion;
using Crm.Api.Dashboards;
using Crm.Api.Deals;
using Crm.Api.Edge;
using Crm.Api.Events;
using Crm.Api.Goals;
using Crm.Api.Health;
using Crm.Api.Http;
using Crm.Api.Invitations;
using Crm.Api.Leads;
using Crm.Api.Members;
using Crm.Api.Notifications;
using Crm.Api.OpenApi;
using Crm.Api.Pipelines;
using Crm.Api.Routing;
using Crm.Api.Scoring;
using Crm.Api.Search;
using Crm.Api.Settings;
using Crm.Api.Tasks;
using Crm.Api.Teams;
using Crm.Api.Webhooks;
using Crm.Api.Workflows;
using Crm.Messaging;
using Crm.Services;

namespace Crm.Api.Hosting;

/// <summary>The service's table of contents: what it is made of, and what a request goes through.</summary>
public static class CrmApp
{
    /// <exception cref="SettingException">A setting is wrong; the message is the one line that says which, why and the cure.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        configure?.Invoke(builder);
        var settings = CrmSettings.Read(builder.Configuration, builder.Environment);

        builder.AddAddresses();
        builder.AddEdge();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Verbs.ForStopping);
        builder.AddRequestLogging();
        builder.Services.AddSingleton(settings);
        settings.Checking("ConnectionStrings__Crm", () => builder.Services.AddCrm(settings.ConnectionString, settings.Limits));
        builder.Services.AddConversion(settings);
        builder.Services.AddEventConsumers(settings);
        if (settings.Redis is { } redis) builder.Services.AddRedis(redis);
        builder.Services.AddHostedService<InstancesWorker>();
        builder.Services.AddWebhooks(settings.Webhooks);
        builder.Services.AddNotifications(settings.Smtp);
        builder.Services.AddScoring();
        if (settings.WorkerEnabled) builder.Services.AddBackgroundWork();
        builder.Services.AddTokenAuthentication(settings);
        builder.Services.AddAccountDoor(settings);
        builder.Services.AddProblems();
        builder.Services.AddCrmOpenApi();
        builder.Services.AddCrmHealth(settings);

        var app = builder.Build();
        app.UseBrowserHeaders();
        app.UseKnownProxies();
        app.UseRequestLogging();
        app.UseProblems();
        app.UseOrigins();
        app.UseRouting();
        app.UseRequestTime();
        app.UseAddressLimits();
        app.UseAuthentication();
        app.UseTenantLimits();
        app.UseDoors();
        app.UseTenants();
        app.UseIdempotency();

        app.MapCrmHealth();
        app.MapCrmDocs();
        var api = app.MapGroup("/api");
        api.MapEvents();
        api.MapLeads();
        api.MapConversions();
        api.MapCustomers();
        api.MapDeals();
        api.MapSearch();
        api.MapTasks();
        api.MapActivities();
        api.MapMembers();
        api.MapTeams();
        api.MapApiKeys();
        api.MapPipelines();
        api.MapAnalytics();
        api.MapDashboards();
        api.MapGoals();
        api.MapRouting();
        api.MapScoring();
        api.MapWorkflows();
        api.MapSettings();
        api.MapWebhooks();
        api.MapNotifications();
        api.MapAudit();
        if (settings.Authority is null)
        {
            app.MapAccountDoor();
            api.MapInvitations();
        }

        return app;
    }
}
