using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Api.OpenApi;
using Crm.Contracts.Lists;
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
        scoring.MapPost("/train", Train).WithName("TrainScoring").WithSummary("Learn from what became of leads").WithMetadata(new OwnTransactions(), new OwnFailures(Failures.TooFewOutcomesOrRunning)).RequireRole(Role.Manager);
        scoring.MapGet("/model", Model).WithName("GetScoringModel").WithSummary("The model that leads are scored by").WithMetadata(new OwnFailures(Failures.NoModel)).RequireRole(Role.Manager);
        scoring.MapGet("/models", Models).WithName("ListScoringModels").WithSummary("List the models that were learnt").RequireRole(Role.Manager);
        api.MapGet("/leads/{id:guid}/score", Explain).WithTags("Leads").WithName("GetLeadScore").WithSummary("A lead's score and what it is made of").RequireRole(Role.Viewer);
    }

    private static async Task<Found<ScoringView>> Get(ScoringService scoring, CancellationToken ct) =>
        Answers.Found(await scoring.GetAsync(ct));

    /// <summary>A merge patch: what is left out stays; <c>rules</c> are given all at once. All scores that may move by it are computed anew in the background, each that moves with an event <c>lead.scored</c>.</summary>
    private static async Task<Found<ScoringView>> Change(MergePatch<ScoringFields> body, IfMatch ifMatch, ScoringService scoring, CancellationToken ct) =>
        Answers.Found(await scoring.ChangeAsync(body.Changes, ifMatch.Version, ct));

    /// <summary>
    /// Learns from the leads that became customers and those that didn't, each as it was known a day after it was made, or just before it was decided, and answers with how well the later quarter of them was foretold by what was learnt from the earlier ones.
    /// A model that foretells better than the rate of success does becomes active. With <c>PREDICTIVE</c> it also learns by itself: at first, and then every week in which outcomes have come.
    /// </summary>
    private static async Task<Found<ScoringModelView>> Train(ScoringModels models, CancellationToken ct) =>
        Answers.Found(await models.TrainAsync(ct));

    private static async Task<Found<ScoringModelView>> Model(ScoringModels models, CancellationToken ct) =>
        Answers.Found((await models.FindActiveAsync(ct)).OrNotFound("scoring model", "that is active"));

    /// <summary>The newest first. They are kept for good.</summary>
    private static async Task<Found<Page<ScoringModelView>>> Models(QueryOf<ScoringModelQuery> query, ScoringModels models, CancellationToken ct) =>
        Answers.Found(await models.ListAsync(query.Value, ct));

    /// <summary>The part that the score is made of (<c>by</c>) tells its reasons as they were at <c>scoredAt</c>, and adds up to the score. The other part, and both of a lead that was never scored, are as of now: what the score would be made of.</summary>
    private static async Task<Found<LeadScoreView>> Explain(Guid id, ScoringService scoring, CancellationToken ct) =>
        Answers.Found((await scoring.ExplainAsync(id, ct)).OrNotFound("lead", id));
}
