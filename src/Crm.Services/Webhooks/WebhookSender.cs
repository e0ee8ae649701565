using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Crm.Database.Webhooks;

namespace Crm.Services.Webhooks;

/// <summary>
/// Sends to endpoints, whose addresses strangers wrote: to hosts of the internet alone, following nobody elsewhere, reading little, and not for
/// long. The address is judged when it is connected to, as what a name means may change after it was looked at.
/// </summary>
public sealed partial class WebhookSender : IDisposable
{
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    private readonly HttpClient http;
    private readonly WebhookSettings settings;
    private readonly WebhookAddresses addresses;
    private readonly HostLookup lookup;
    private readonly TimeProvider clock;

    public WebhookSender(WebhookSettings settings, WebhookAddresses addresses, HostLookup lookup, TimeProvider clock)
    {
        (this.settings, this.addresses, this.lookup, this.clock) = (settings, addresses, lookup, clock);
        http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            UseProxy = false, // it would connect to whatever it is told
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null, // our traces are no stranger's business
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxResponseHeadersLength = 16, // KiB
            MaxResponseDrainSize = 0,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // an attempt's own counts, its answer's body included
        };
    }

    /// <summary>Sends something once. It doesn't fail: whatever goes wrong with the endpoint is in the answer.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<WebhookAttempt> SendAsync(Webhook webhook, WebhookMessage message, CancellationToken ct)
    {
        var (at, begun) = (clock.GetUtcNow(), clock.GetTimestamp());
        using var request = RequestOf(webhook, message, at);
        var attempt = new WebhookAttempt { Message = message, At = at, Duration = TimeSpan.Zero, RequestHeaders = HeadersOf(request) };
        if (addresses.FaultOf(webhook.Url) is { } fault) return attempt with { Problem = $"The URL {fault}." };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(settings.Timeout);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var body = await ReadAsync(response, patience.Token);
            attempt = attempt with { Status = (int)response.StatusCode, Problem = ProblemOf(response), AnswerHeaders = Telling(response), AnswerBody = body, RetryAfter = RetryAfterOf(response, at) };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            attempt = attempt with { Problem = string.Create(CultureInfo.InvariantCulture, $"The endpoint didn't answer within {settings.Timeout.TotalSeconds:0.#} s.") };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            ct.ThrowIfCancellationRequested();
            attempt = attempt with { Problem = ProblemOf(e) };
        }

        return attempt with { Duration = clock.GetElapsedTime(begun) };
    }

    public void Dispose() => http.Dispose();

    private static HttpRequestMessage RequestOf(Webhook webhook, WebhookMessage message, DateTimeOffset at)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ReadOnlyMemoryContent(message.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json", "utf-8");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Crm-Webhooks", "1.0"));
        request.Headers.Add("webhook-id", $"{message.Id}");
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Of(webhook.SecretsAt(at), message.Id, at, message.Body.Span));
        return request;
    }

    /// <summary>To the first of the host's addresses that takes a connection, of those that may be connected to.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var host = context.DnsEndPoint.Host.Trim('[', ']');
        var known = IPAddress.TryParse(host, out var literal) ? [literal] : await lookup(host, ct);
        if (known.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        var allowed = known.Where(addresses.Allow).ToList();
        if (allowed.Count == 0) throw new AddressRefusedException();
        for (var i = 0; ; i++)
        {
            var socket = new Socket(allowed[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(allowed[i], context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < allowed.Count)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>What the host's name means is none of the internet's addresses.</summary>
    private sealed class AddressRefusedException() : IOException("The host's address isn't one of the internet.");
}
