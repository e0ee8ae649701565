using System.Runtime.CompilerServices;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;

namespace Crm.Client;

/// <summary>The feed of changes, and who is told of them.</summary>
public sealed class EventsClient
{
    private static readonly string LongestWait = $"{FeedQuery.MaxWait}s";

    private readonly Wire wire;

    internal EventsClient(Wire wire) => this.wire = wire;

    /// <summary>Changes in order, from a place of the feed on. Keep <see cref="FeedPage.Next"/> to go on from there.</summary>
    /// <exception cref="CrmException">400 for a type that there isn't, or a place behind the end; 429 where the user waits too often at once.</exception>
    public Task<FeedPage> ReadAsync(FeedQuery query, CancellationToken ct) => wire.SendAsync<FeedPage>(HttpMethod.Get, $"events{QueryString.Of(query)}", ct);

    /// <summary>Every change from a place of the feed on, and then what happens while it happens: it ends when it is stopped. To go on later, keep the <see cref="EventView.Sequence"/> of the last that was handled.</summary>
    /// <param name="after">The sequence of the last event that was handled; null for all there ever was. To begin with what happens from now on, ask <see cref="ReadAsync"/> for what is after <c>latest</c>, and follow from its <see cref="FeedPage.Next"/>: so nothing is missed where the service is away before the first event.</param>
    /// <param name="types">Only of these types, such as <c>deal.won</c>; null for all.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="CrmException">As for <see cref="ReadAsync"/>; after <see cref="CrmException.RetryAfter"/>, begin again behind the last that was handled.</exception>
    /// <exception cref="HttpRequestException">The service can't be reached; begin again likewise.</exception>
    /// <exception cref="TaskCanceledException">The <see cref="HttpClient.Timeout"/> is shorter than the 30 seconds that an answer may take where nothing happens.</exception>
    public async IAsyncEnumerable<EventView> FollowAsync(string? after, IReadOnlyList<string>? types, [EnumeratorCancellation] CancellationToken ct)
    {
        var next = new FeedQuery { After = after, Types = types, Take = FeedQuery.MaxTake, Wait = LongestWait };
        while (true)
        {
            var page = await ReadAsync(next, ct);
            foreach (var item in page.Items) yield return item;
            next = next with { After = page.Next };
        }
    }

    /// <summary>Who is told of events, and how far.</summary>
    /// <exception cref="CrmException">403 for who is no admin.</exception>
    public async Task<IReadOnlyList<ConsumerView>> ConsumersAsync(CancellationToken ct) => (await wire.SendAsync<ConsumerList>(HttpMethod.Get, "events/consumers", ct)).Items;

    /// <summary>A page of the events that somebody wouldn't take, and that were given up.</summary>
    /// <exception cref="CrmException">400 for a query that is wrong; 403 for who is no admin.</exception>
    public Task<Page<ParkedEventView>> ListParkedAsync(ParkedEventQuery query, CancellationToken ct) => wire.SendAsync<Page<ParkedEventView>>(HttpMethod.Get, $"events/parked{QueryString.Of(query)}", ct);

    /// <summary>Every event that was given up, page after page by cursor.</summary>
    /// <inheritdoc cref="ListParkedAsync"/>
    public IAsyncEnumerable<ParkedEventView> ListAllParkedAsync(ParkedEventQuery query, CancellationToken ct) => Pages.AllAsync(query, ListParkedAsync, ct);

    /// <summary>Tells a consumer again of what it wouldn't take.</summary>
    /// <returns>Of how many events.</returns>
    /// <exception cref="CrmException">403 for who is no admin; 422 for a consumer that there isn't, or an event that it took.</exception>
    public async Task<int> RedriveAsync(RedriveEvents command, CancellationToken ct) => (await wire.SendAsync<RedrivenView>(HttpMethod.Post, "events/redrive", ct, command)).Count;
}
