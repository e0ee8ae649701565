using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Members;
using Crm.Contracts.Scoring;
using Crm.Services.Scoring;

namespace Crm.Api.Scoring;

internal static class ScoringRoutes
{
    public static void MapScoring(this IEndpointRouteBuilder api)
    {
        var scoring = api.MapGroup("/automation/scoring").WithTags("Automation");
        scoring.MapGet("/", Get).WithName("GetScoring").WithSummary("Get how leads are scored").RequireRole(Role.Viewer);
        scoring.MapPatch("/", Change).WithName("ChangeScoring").WithSummary("Change how leads are scored").RequireRole(Role.Manager);
        api.MapGet("/leads/{id:guid}/score", Explain).WithTags("Leads").WithName("GetLeadScore").WithSummary("A lead's score and what it is made of").RequireRole(Role.Viewer);
    }

    private static async Task<Found<ScoringView>> Get(ScoringService scoring, CancellationToken ct) =>
        Answers.Found(await scoring.GetAsync(ct));

    /// <summary>A merge patch: what is left out stays; <c>rules</c> are given all at once. All scores that may move by it are computed anew in the background, each that moves with an event <c>lead.scored</c>.</summary>
    private static async Task<Found<ScoringView>> Change(MergePatch<ScoringFields> body, IfMatch ifMatch, ScoringService scoring, CancellationToken ct) =>
        Answers.Found(await scoring.ChangeAsync(body.Changes, ifMatch.Version, ct));

    /// <summary>The part that the score is made of (<c>by</c>) tells its reasons as they were at <c>scoredAt</c>, and adds up to the score. The other part, and both of a lead that was never scored, are as of now: what the score would be made of.</summary>
    private static async Task<Found<LeadScoreView>> Explain(Guid id, ScoringService scoring, CancellationToken ct) =>
        Answers.Found((await scoring.ExplainAsync(id, ct)).OrNotFound("lead", id));
}
