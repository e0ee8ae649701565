using System.Text.Json;
using Crm.Contracts;
using Crm.Contracts.Activities;
using Crm.Contracts.Json;
using Crm.Contracts.Routing;
using Crm.Contracts.Scoring;
using Crm.Services.Routing;
using Crm.Services.Scoring;
using Crm.Services.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Demo;

/// <summary>What the demo's manager has switched on: leads are scored and routed, and all templates of workflows run.</summary>
internal static class DemoAutomation
{
    private static readonly string[] Warm = ["REFERRAL", "PARTNER"];

    public static async Task SwitchOnAsync(IServiceProvider services, CancellationToken ct)
    {
        var scoring = new ScoringFields { IsActive = true, Rules = Rules };
        await services.GetRequiredService<ScoringService>().ChangeAsync(new Changes<ScoringFields>(scoring, new HashSet<string> { nameof(ScoringFields.IsActive), nameof(ScoringFields.Rules) }), null, ct);
        var candidates = DemoData.Sellers.Select(seller => new RoutingCandidateFields { UserId = seller.Item.Id, Weight = seller.Weight }).ToList();
        var routing = new RoutingFields { IsActive = true, Rules = [new RoutingRuleFields { Name = "All leads", KeepAccounts = true, Candidates = candidates }], FallbackId = DemoData.Manager.Id };
        await services.GetRequiredService<RoutingService>().ChangeAsync(new Changes<RoutingFields>(routing, new HashSet<string> { nameof(RoutingFields.IsActive), nameof(RoutingFields.Rules), nameof(RoutingFields.FallbackId) }), null, ct);
        var workflows = services.GetRequiredService<WorkflowService>();
        foreach (var template in WorkflowTemplates.All.Values) await workflows.ActivateAsync((await workflows.CreateAsync(template, ct)).Id, null, ct);
    }

    private static List<ScoringRuleFields> Rules =>
    [
        new() { Name = "Referred", Points = 25, Condition = Json(new { field = "source", @in = Warm }) },
        new() { Name = "From the website", Points = 15, Condition = Json(new { field = "source", @is = "WEBSITE" }) },
        new() { Name = "Worth 20,000 or more", Points = 20, Condition = Json(new { field = "estimatedValue", greaterThan = 19_999 }) },
        new() { Name = "Qualified", Points = 20, Condition = Json(new { field = "status", @is = "QUALIFIED" }) },
        new() { Name = "Can be called", Points = 5, Condition = Json(new { field = "phone", isEmpty = false }) },
        new() { Name = "Talks to us", Points = 10, Activity = new ScoringActivity { Direction = ActivityDirection.Inbound, HalfLifeDays = 30, MostPoints = 30 } },
    ];

    private static JsonElement Json(object condition) => JsonSerializer.SerializeToElement(condition, CrmJson.Options);
}
