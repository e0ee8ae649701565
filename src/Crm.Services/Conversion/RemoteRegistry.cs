using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Crm.Services.Conversion;

/// <summary>
/// A registry that is a service of its own, as the contract has it. A call has a time limit, and a registry that keeps failing is left
/// alone for a while. Making a customer isn't tried again here: whoever keeps the attempt does that, and sees how many calls there are at once.
/// </summary>
public sealed partial class RemoteRegistry : IRegistry, IDisposable
{
    private const int MostBytes = 64 * 1024;
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(3);

    /// <summary>Lets the single call's own limit come first, which the breaker counts.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbeAge = TimeSpan.FromSeconds(10);

    private readonly HttpClient http;
    private readonly TimeProvider clock;
    private readonly ILogger<RemoteRegistry> logger;
    private readonly string? secret;
    private readonly SemaphoreSlim probing = new(1);
    private readonly ResiliencePipeline<HttpAnswer> once;
    private readonly ResiliencePipeline<HttpAnswer> twice;
    private long awayUntil = long.MinValue;
    private (long At, bool Answers)? probe;

    public RemoteRegistry(RegistrySettings settings, TimeProvider clock, ILogger<RemoteRegistry> logger)
    {
        (this.clock, this.logger, secret) = (clock, logger, settings.ApiKey);
        http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = ConnectTime, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2), UseCookies = false })
        {
            BaseAddress = new Uri(settings.BaseUrl!.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan, // the pipeline's counts
            MaxResponseContentBufferSize = MostBytes,
        };
        if (secret is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        var breaking = new CircuitBreakerStrategyOptions<HttpAnswer>
        {
            FailureRatio = 0.5,
            MinimumThroughput = 8,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = Break,
            OnOpened = _ => LeaveAlone(clock.GetTimestamp() + (long)(Break.TotalSeconds * clock.TimestampFrequency)),
            OnClosed = _ => LeaveAlone(long.MinValue),
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is HttpRequestException or TimeoutRejectedException || args.Outcome.Result is { IsFault: true }),
        };
        once = new ResiliencePipelineBuilder<HttpAnswer>().AddCircuitBreaker(breaking).AddTimeout(settings.Timeout).Build();
        twice = new ResiliencePipelineBuilder<HttpAnswer>()
            .AddTimeout(settings.Timeout + Slack) // both tries together, so that they end before the lease does
            .AddRetry(new RetryStrategyOptions<HttpAnswer>
            {
                MaxRetryAttempts = 1,
                Delay = TimeSpan.FromMilliseconds(200),
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is HttpRequestException || args.Outcome.Result is { IsFault: true }),
            })
            .AddPipeline(once)
            .Build();
    }

    /// <summary>No longer than the breaker stays open: it closes by a call that succeeds, so that somebody must try one then.</summary>
    public bool IsAway => clock.GetTimestamp() < Interlocked.Read(ref awayUntil);

    /// <summary>Whatever it answers to a question that means nothing, it is there; asked at most every ten seconds, however often this is.</summary>
    public async Task<bool> AnswersAsync(CancellationToken ct)
    {
        if (IsAway) return false;
        await probing.WaitAsync(ct);
        try
        {
            if (probe is { } last && clock.GetElapsedTime(last.At) < ProbeAge) return last.Answers;
            var answers = await ProbeAsync(ct);
            probe = (clock.GetTimestamp(), answers);
            return answers;
        }
        finally
        {
            probing.Release();
        }
    }

    public async Task<RegistryAnswer> FindAsync(RegistryRequest request, CancellationToken ct)
    {
        var answer = await SendAsync(twice, () => Message(HttpMethod.Get, $"api/customers?externalReference={Uri.EscapeDataString(request.Reference)}", request), ct);
        if (answer.Failure is { } failure) return failure;
        return Read(answer, () => answer.Status switch
        {
            200 => Found(answer, request.Reference),
            404 or 405 or 501 => new RegistryAnswer.Unsearchable(),
            429 or >= 500 => Later(answer),
            _ => Nonsense(answer, "an answer to a search that no registry gives"),
        });
    }

    public async Task<RegistryAnswer> RegisterAsync(RegistryRequest request, CancellationToken ct)
    {
        var answer = await SendAsync(once, () => Message(HttpMethod.Post, "api/customers", request), ct);
        if (answer.Failure is { } failure) return failure;
        return Read(answer, () => answer.Status switch
        {
            >= 200 and < 300 => IdIn(answer.Json()) is { } id ? new RegistryAnswer.Customer(id) : Nonsense(answer, "no id of a customer"),
            409 => IdIn(answer.Json()) is { } id ? new RegistryAnswer.Customer(id) : Nonsense(answer, "that the customer exists, without its id"),
            429 or >= 500 => Later(answer),
            401 => Unaccepted(),
            >= 400 => new RegistryAnswer.Rejected(DetailIn(answer) ?? $"It gave no reason (HTTP {answer.Status}).", answer.Status is not (403 or 404 or 405)),
            _ => Nonsense(answer, "an answer that no registry gives"),
        });
    }

    public void Dispose()
    {
        http.Dispose();
        probing.Dispose();
    }

    private static HttpRequestMessage Message(HttpMethod method, string path, RegistryRequest request)
    {
        var message = new HttpRequestMessage(method, path);
        message.Headers.Add("X-Tenant-Id", request.TenantId.ToString());
        if (method != HttpMethod.Post) return message;
        message.Headers.Add("Idempotency-Key", request.Key);
        message.Content = new StringContent(request.Body, Encoding.UTF8, "application/json");
        return message;
    }

    private async Task<HttpAnswer> SendAsync(ResiliencePipeline<HttpAnswer> pipeline, Func<HttpRequestMessage> message, CancellationToken ct)
    {
        try
        {
            return await pipeline.ExecuteAsync(async token =>
            {
                using var request = message();
                using var response = await SendAsync(request, token);
                return new HttpAnswer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(token), AfterOf(response));
            }, ct);
        }
        catch (BrokenCircuitException)
        {
            return new HttpAnswer(new RegistryAnswer.Later("The registry has failed too often lately, and is left alone for a moment.", Break));
        }
        catch (TimeoutRejectedException e)
        {
            return new HttpAnswer(new RegistryAnswer.Later($"The registry didn't answer within {e.Timeout.TotalSeconds:0.#} s."));
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return new HttpAnswer(new RegistryAnswer.Nonsense($"The registry's answer has more than {MostBytes} bytes."));
        }
        catch (HttpRequestException e)
        {
            return Unreachable(e);
        }
    }

    /// <summary>Connecting that took too long looks as if somebody had stopped it, which the breaker wouldn't count.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await http.SendAsync(request, ct);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, e.GetBaseException().Message, e);
        }
    }

    /// <summary>Operators are told why; tenants needn't know where the registry stands.</summary>
    private HttpAnswer Unreachable(Exception exception)
    {
        LogUnreachable(logger, exception.GetBaseException().Message);
        return new HttpAnswer(new RegistryAnswer.Later("The registry can't be reached."));
    }

    private RegistryAnswer.Rejected Unaccepted()
    {
        LogUnaccepted(logger);
        return new RegistryAnswer.Rejected("It doesn't accept this service's key (HTTP 401). Nothing is wrong with the lead; an operator must look at Registry__ApiKey.", IsOfCustomer: false);
    }

    private async Task<bool> ProbeAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(ProbeTime);
        try
        {
            using var response = await http.GetAsync((Uri?)null, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return (int)response.StatusCode < 500;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    private ValueTask LeaveAlone(long until)
    {
        Interlocked.Exchange(ref awayUntil, until);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "The registry can't be reached: {Cause}")]
    private static partial void LogUnreachable(ILogger logger, string cause);

    [LoggerMessage(LogLevel.Error, "The registry doesn't accept this service's key (HTTP 401), so that no lead can be converted; look at Registry__ApiKey")]
    private static partial void LogUnaccepted(ILogger logger);
}
