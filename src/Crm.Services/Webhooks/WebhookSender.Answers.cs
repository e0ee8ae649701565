using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Crm.Services.Webhooks;

public sealed partial class WebhookSender
{
    private const int MostRead = 64 * 1024;
    private const int MostKept = 4 * 1024;
    private const int LongestHeader = 500;

    private static readonly string[] KeptHeaders = ["Content-Type", "Date", "Location", "Retry-After", "Server", "WWW-Authenticate", "X-Request-Id"];

    /// <summary>The beginning of the answer; the connection is given up where more follows than an endpoint has to say.</summary>
    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var bytes = new byte[MostRead];
        var length = await body.ReadAtLeastAsync(bytes, MostRead, throwOnEndOfStream: false, ct);
        return Kept(Encoding.UTF8.GetString(bytes, 0, Math.Min(length, MostKept)));
    }

    private static string? ProblemOf(HttpResponseMessage response) => (int)response.StatusCode switch
    {
        >= 200 and < 300 => null,
        >= 300 and < 400 and var status => $"The endpoint redirects (HTTP {status}), which isn't followed. Write the address that it redirects to.",
        410 => "The endpoint is gone (HTTP 410).",
        var status => $"The endpoint answered HTTP {status}.",
    };

    private static string ProblemOf(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is AddressRefusedException) return "The host's name leads to an address that isn't one of the internet.";
            if (e is System.Security.Authentication.AuthenticationException) return "The endpoint's certificate isn't valid, or it doesn't speak TLS.";
            if (e is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }) return "The host's name isn't known.";
            if (e is SocketException { SocketErrorCode: SocketError.ConnectionRefused }) return "The endpoint refuses connections.";
            if (e is SocketException) return "The endpoint can't be reached.";
        }

        return exception is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse } ? "The endpoint's answer is no HTTP, or its headers are too long." : "The endpoint broke the connection off.";
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, DateTimeOffset now)
    {
        if ((int)response.StatusCode is not (429 or 503) || response.Headers.RetryAfter is not { } header) return null;
        var after = header.Delta ?? (header.Date - now) ?? TimeSpan.Zero;
        return TimeSpan.FromTicks(Math.Clamp(after.Ticks, TimeSpan.TicksPerSecond, LongestRetryAfter.Ticks));
    }

    private static Dictionary<string, string> HeadersOf(HttpRequestMessage request) => All(request.Headers, request.Content!.Headers).ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, string> Telling(HttpResponseMessage response) =>
        All(response.Headers, response.Content.Headers).Where(header => KeptHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)).ToDictionary(header => header.Key, header => Kept(header.Value[..Math.Min(header.Value.Length, LongestHeader)]), StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<KeyValuePair<string, string>> All(HttpHeaders headers, HttpHeaders ofContent) =>
        headers.NonValidated.Concat(ofContent.NonValidated).Select(header => new KeyValuePair<string, string>(header.Key, string.Join(", ", header.Value)));

    /// <summary>A text that any database keeps.</summary>
    private static string Kept(string text) => text.Replace('\0', '\uFFFD');
}
