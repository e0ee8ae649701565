using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Webhooks;
using Crm.Services.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Webhooks;

internal static class WebhookRoutes
{
    public static void MapWebhooks(this IEndpointRouteBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").WithTags("Webhooks");
        webhooks.MapGet("/", List).WithName("ListWebhooks").WithSummary("List webhooks").RequireRole(Role.Admin);
        webhooks.MapPost("/", Create).WithName("CreateWebhook").WithSummary("Create a webhook").WithMetadata(new SecretAnswer()).RequireRole(Role.Admin);
        webhooks.MapGet("/{id:guid}", Get).WithName("GetWebhook").WithSummary("Get a webhook, without its secret").RequireRole(Role.Admin);
        webhooks.MapPatch("/{id:guid}", Change).WithName("ChangeWebhook").WithSummary("Change where a webhook leads or what it is told of").RequireRole(Role.Admin);
        webhooks.MapDelete("/{id:guid}", Delete).WithName("DeleteWebhook").WithSummary("Delete a webhook").RequireRole(Role.Admin);
        webhooks.MapPost("/{id:guid}/enable", Enable).WithName("EnableWebhook").WithSummary("Tell a webhook of events again").RequireRole(Role.Admin);
        webhooks.MapPost("/{id:guid}/disable", Disable).WithName("DisableWebhook").WithSummary("Tell a webhook of nothing any more").RequireRole(Role.Admin);
        webhooks.MapPost("/{id:guid}/rotate-secret", RotateSecret).WithName("RotateWebhookSecret").WithSummary("Give a webhook another secret").WithMetadata(new SecretAnswer()).RequireRole(Role.Admin);
        webhooks.MapPost("/{id:guid}/test", Test).WithName("TestWebhook").WithSummary("Send a test event at once").WithMetadata(new OwnTransactions()).RequireRole(Role.Admin);
        webhooks.MapGet("/{id:guid}/deliveries", ListDeliveries).WithName("ListWebhookDeliveries").WithSummary("What was sent, and what came of it").RequireRole(Role.Admin);
        webhooks.MapPost("/{id:guid}/redrive", Redrive).WithName("RedriveWebhook").WithSummary("Send again what was refused").RequireRole(Role.Admin);
        webhooks.MapPost("/{id:guid}/replay", Replay).WithName("ReplayWebhook").WithSummary("Send all events again since a moment").RequireRole(Role.Admin);
    }

    /// <summary>Disabled ones too.</summary>
    private static async Task<Found<Page<WebhookView>>> List(QueryOf<WebhookQuery> query, WebhookService webhooks, CancellationToken ct) =>
        Answers.Found(await webhooks.ListAsync(query.Value, ct));

    /// <summary>
    /// The answer shows the <c>secret</c> once; what is sent is signed by it as Standard Webhooks say. The webhook is told of what happens from now on, each
    /// record's events in their order and at least once.
    /// </summary>
    private static async Task<Made<SecretWebhookView>> Create(Body<WebhookFields> body, WebhookService webhooks, CancellationToken ct) =>
        Answers.Made("webhooks", await webhooks.CreateAsync(body.Value, ct));

    private static async Task<Found<WebhookView>> Get(Guid id, WebhookService webhooks, CancellationToken ct) =>
        Answers.Found((await webhooks.FindAsync(id, ct)).OrNotFound("webhook", id));

    /// <summary>What isn't sent yet goes to the new address, and is chosen by the new types and filter.</summary>
    private static async Task<Found<WebhookView>> Change(Guid id, MergePatch<WebhookChange> body, IfMatch ifMatch, WebhookService webhooks, CancellationToken ct) =>
        Answers.Found(await webhooks.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>For good, with the list of its deliveries.</summary>
    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, WebhookService webhooks, CancellationToken ct)
    {
        await webhooks.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }

    /// <summary>From now on; what happened meanwhile can be replayed. An active one stays as it is.</summary>
    private static async Task<Found<WebhookView>> Enable(Guid id, IfMatch ifMatch, WebhookService webhooks, CancellationToken ct) =>
        Answers.Found(await webhooks.EnableAsync(id, ifMatch.Version, ct));

    /// <summary>What it was behind by is forgotten. A disabled one stays as it is.</summary>
    private static async Task<Found<WebhookView>> Disable(Guid id, IfMatch ifMatch, WebhookService webhooks, CancellationToken ct) =>
        Answers.Found(await webhooks.DisableAsync(id, ifMatch.Version, ct));

    /// <summary>The answer shows the new <c>secret</c> once. For 24 hours the one before signs too, so that what is sent has two signatures.</summary>
    private static async Task<Found<SecretWebhookView>> RotateSecret(Guid id, IfMatch ifMatch, WebhookService webhooks, CancellationToken ct) =>
        Answers.Found(await webhooks.RotateSecretAsync(id, ifMatch.Version, ct));

    /// <summary>An event of the type <c>webhook.test</c>, which tells of no record. 200 also where the endpoint doesn't take it: look at the <c>outcome</c>.</summary>
    private static async Task<Found<WebhookDeliveryView>> Test(Guid id, WebhookService webhooks, CancellationToken ct) =>
        Answers.Found(await webhooks.TestAsync(id, ct));

    /// <summary>Each attempt for itself; those of one event share its <c>eventId</c>.</summary>
    private static async Task<Found<Page<WebhookDeliveryView>>> ListDeliveries(Guid id, QueryOf<WebhookDeliveryQuery> query, WebhookService webhooks, CancellationToken ct) =>
        Answers.Found(await webhooks.ListDeliveriesAsync(id, query.Value, ct));

    /// <summary>At once: what waits for its next try, and what was given up after three days. Behind it come the events of the same record that had to wait for it.</summary>
    private static async Task<Found<WebhookRepeatView>> Redrive(Guid id, Body<RedriveWebhook> body, WebhookService webhooks, CancellationToken ct) =>
        Answers.Found(await webhooks.RedriveAsync(id, body.Value, ct));

    /// <summary>In their order, with the ids that they were sent with before, so that a receiver that remembers ids does nothing twice.</summary>
    private static async Task<Found<WebhookRepeatView>> Replay(Guid id, Body<ReplayWebhook> body, WebhookService webhooks, CancellationToken ct) =>
        Answers.Found(await webhooks.ReplayAsync(id, body.Value, ct));
}
