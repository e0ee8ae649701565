using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Lists;
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
        settings.MapGet("/rates", Rates).WithName("ListRates").WithSummary("List the rates of currencies").RequireRole(Role.Viewer);
        settings.MapPost("/rates", TellRates).WithName("TellRates").WithSummary("Tell, correct or withdraw rates of currencies").RequireRole(Role.Admin);
    }

    private static async Task<Found<SettingsView>> Get(SettingsService settings, CancellationToken ct) =>
        Answers.Found(await settings.GetAsync(ct));

    /// <summary>What is left out becomes null, except for the time zone, the currency, the visibility, the working hours and the holidays, which stay.</summary>
    private static async Task<Found<SettingsView>> Replace(Replacement<SettingsFields> body, IfMatch ifMatch, SettingsService settings, CancellationToken ct) =>
        Answers.Found(await settings.ChangeAsync(body.Changes, ifMatch.Version, ct));

    /// <summary>A merge patch: what is left out stays, null removes.</summary>
    private static async Task<Found<SettingsView>> Change(MergePatch<SettingsFields> body, IfMatch ifMatch, SettingsService settings, CancellationToken ct) =>
        Answers.Found(await settings.ChangeAsync(body.Changes, ifMatch.Version, ct));

    /// <summary>Those in force at <c>asOf</c>, the newest date first; withdrawn ones aren't.</summary>
    private static async Task<Found<Page<RateView>>> Rates(QueryOf<RateQuery> query, RateService rates, CancellationToken ct) =>
        Answers.Found(await rates.ListAsync(query.Value, ct));

    /// <summary>All of them or none. A rate is from its date on what one unit of <c>from</c> is in units of <c>to</c>, until the next rate of the two. Told again for the same date it counts from now on, and null withdraws it; reports as of earlier instants stay as they were.</summary>
    private static async Task<Found<RatesTold>> TellRates(Body<TellRates> body, RateService rates, CancellationToken ct) =>
        Answers.Found(await rates.TellAsync(body.Value, ct));
}
