using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using Crm.Contracts.Members;
using Shouldly;

namespace Crm.Tests.Events;

/// <summary>A client of the live stream that reads one event at a time.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly IAsyncEnumerator<SseItem<string>> items;

    private Listener(HttpResponseMessage response, Stream stream) => (this.response, items) = (response, SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator());

    /// <param name="user">Of which tenant, and through which service.</param>
    /// <param name="role">As what.</param>
    /// <param name="query">The query, with its question mark.</param>
    /// <param name="lastEventId">Where to go on.</param>
    /// <param name="token">What to show; by default a token of the user.</param>
    public static async Task<Listener> StartAsync(Client user, Role role = Role.Admin, string query = "", string? lastEventId = null, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/events/stream{query}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? user.Host.Token(user.TenantId, user.User, role));
        request.Headers.Add("X-Tenant-Id", user.TenantId.ToString());
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var answer = await user.Host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new Listener(answer, await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>What comes next, heartbeats too; null at the end.</summary>
    public async Task<SseItem<string>?> NextAsync() => await items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)) ? items.Current : null;

    /// <summary>The next that isn't a heartbeat; null at the end.</summary>
    public async Task<SseItem<string>?> NextEventAsync()
    {
        while (await NextAsync() is { } item)
        {
            if (item.EventType != "heartbeat") return item;
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        response.Dispose();
        await ValueTask.CompletedTask;
    }
}
