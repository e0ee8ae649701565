using Crm.Api.Auth;
using Crm.Api.Edge;
using Crm.Api.Http;
using Crm.Contracts.Events;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Events;
using Crm.Services.Tenancy;

namespace Crm.Api.Events;

internal static class EventRoutes
{
    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        var events = api.MapGroup("/events").WithTags("Events");
        events.MapGet("/", List).WithName("ListEvents").WithSummary("The feed of changes").WithMetadata(new Unhurried()).RequireRole(Role.Viewer);
        events.MapGet("/stream", Stream).WithName("StreamEvents").WithSummary("Changes while they happen").WithMetadata(new Unhurried()).RequireRole(Role.Viewer);
        events.MapGet("/consumers", Consumers).WithName("ListConsumers").WithSummary("Who is told of events, and how far").RequireRole(Role.Admin);
        events.MapGet("/parked", Parked).WithName("ListParkedEvents").WithSummary("List events that nobody would take").RequireRole(Role.Admin);
        events.MapPost("/redrive", Redrive).WithName("RedriveEvents").WithSummary("Tell again what wasn't taken").RequireRole(Role.Admin);
    }

    /// <summary>
    /// Every change of a record that the caller sees, in order. Keep <c>next</c> and give it as <c>after</c>, today or in a year: nothing is skipped or comes twice, whatever is
    /// written meanwhile. With <c>wait</c> the answer comes as soon as there is something. An API key for some resources gets the changes of these alone.
    /// </summary>
    private static async Task<Found<FeedPage>> List(QueryOf<FeedQuery> query, HttpContext context, FeedService feed, Caller caller, Watchers watchers, CancellationToken ct)
    {
        using var place = query.Value.Wait is null ? null : watchers.Enter(caller.TenantId, caller.UserId);
        if (place is not null) Turns.GiveBack(context); // it waits for others, and keeps nobody else waiting
        return Answers.Found(await feed.PageAsync(query.Value, stop => Presence.AdmitAsync(context, caller.TenantId, context.RequestServices, stop), ct));
    }

    /// <summary>
    /// Server-Sent Events: <c>event</c> is the type, <c>data</c> the event as the feed gives it, <c>id</c> the place to go on from, which a client sends as <c>Last-Event-ID</c> when it connects
    /// again: nothing is lost or comes twice. Among them come the caller's notifications, as <c>notification</c>. A <c>heartbeat</c> comes at once and every 15 seconds in which nothing happens. The stream ends when the credential does, and after an hour.
    /// </summary>
    private static async Task<EventStream> Stream(QueryOf<StreamQuery> query, LastEventId last, HttpContext context, LiveStream stream, Caller caller, Watchers watchers, EdgeSettings settings, IHostApplicationLifetime lifetime)
    {
        var place = watchers.Enter(caller.TenantId, caller.UserId);
        Turns.GiveBack(context); // as above
        var watcher = new StreamWatcher(caller.TenantId, caller.UserId, (services, stop) => Presence.AdmitAsync(context, caller.TenantId, services, stop));
        return await EventStream.BeginAsync(
            place, settings.StreamSeconds, context,
            (endless, ct) => stream.BeginAsync(watcher, last.Value ?? query.Value.After, query.Value.Types, endless, ct),
            lifetime.ApplicationStopping);
    }

    /// <summary>The broker, webhooks and notifications: how many events each is behind by, and why it rests, if so.</summary>
    private static async Task<Found<ConsumerList>> Consumers(ConsumerService consumers, CancellationToken ct) => Answers.Found(await consumers.ListAsync(ct));

    /// <summary>After ten tries, or the end of a webhook's schedule, an event is given up, and the others of its record go on. It can be told again at any time.</summary>
    private static async Task<Found<Page<ParkedEventView>>> Parked(QueryOf<ParkedEventQuery> query, ConsumerService consumers, CancellationToken ct) =>
        Answers.Found(await consumers.ParkedAsync(query.Value, ct));

    /// <summary>One event, or all that a consumer wouldn't take, parked or tried again later: they are told at once, and as often as if they never had been.</summary>
    private static async Task<Found<RedrivenView>> Redrive(Body<RedriveEvents> body, ConsumerService consumers, CancellationToken ct) =>
        Answers.Found(await consumers.RedriveAsync(body.Value, ct));
}
