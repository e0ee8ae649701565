using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Members;
using Crm.Contracts.Settings;
using Crm.Services.Settings;

namespace Crm.Api.Settings;

internal static class SettingsRoutes
{
    public static void MapSettings(this IEndpointRouteBuilder api)
    {
        var settings = api.MapGroup("/settings").WithTags("Settings");
        settings.MapGet("/", Get).WithName("GetSettings").WithSummary("Get the tenant's settings").RequireRole(Role.Viewer);
        settings.MapPut("/", Replace).WithName("ReplaceSettings").WithSummary("Replace the tenant's settings").RequireRole(Role.Admin);
        settings.MapPatch("/", Change).WithName("ChangeSettings").WithSummary("Change some of the tenant's settings").RequireRole(Role.Admin);
    }

    private static async Task<Found<SettingsView>> Get(SettingsService settings, CancellationToken ct) =>
        Answers.Found(await settings.GetAsync(ct));

    /// <summary>What is left out becomes null, except for the time zone, the currency and the visibility, which stay.</summary>
    private static async Task<Found<SettingsView>> Replace(Replacement<SettingsFields> body, IfMatch ifMatch, SettingsService settings, CancellationToken ct) =>
        Answers.Found(await settings.ChangeAsync(body.Changes, ifMatch.Version, ct));

    /// <summary>A merge patch: what is left out stays, null removes.</summary>
    private static async Task<Found<SettingsView>> Change(MergePatch<SettingsFields> body, IfMatch ifMatch, SettingsService settings, CancellationToken ct) =>
        Answers.Found(await settings.ChangeAsync(body.Changes, ifMatch.Version, ct));
}
