using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Net.ServerSentEvents;
using System.Reflection;
using System.Runtime.CompilerServices;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Services;
using Crm.Services.Events;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Crm.Api.Events;

/// <summary>The header by which a client goes on with a stream.</summary>
internal sealed record LastEventId(string? Value)
{
    public const string Header = "Last-Event-ID";

    private static readonly RegularExpressionAttribute Form = typeof(StreamQuery).GetProperty(nameof(StreamQuery.After))!.GetCustomAttribute<RegularExpressionAttribute>()!;

    /// <exception cref="CrmException">400 for what no stream gave.</exception>
    public static ValueTask<LastEventId> BindAsync(HttpContext context)
    {
        var text = context.Request.Headers[Header].ToString();
        if (text.Length == 0) return new(new LastEventId((string?)null));
        return Form.IsValid(text) ? new(new LastEventId(text)) : throw CrmException.Invalid(Header, "is no id that a stream gave; begin again without it");
    }
}

/// <summary>200 with Server-Sent Events, until the client leaves, the time is over or the service stops.</summary>
internal sealed class EventStream : IResult, IEndpointMetadataProvider
{
    public const string ContentType = "text/event-stream";

    private readonly IDisposable place;
    private readonly CancellationTokenSource time;
    private readonly IAsyncEnumerable<StreamItem> items;

    private EventStream(IDisposable place, CancellationTokenSource time, IAsyncEnumerable<StreamItem> items) => (this.place, this.time, this.items) = (place, time, items);

    /// <summary>What is wrong with what was asked for is answered as a failure, before the stream begins.</summary>
    public static async Task<EventStream> BeginAsync(
        IDisposable place, int seconds, HttpContext context, Func<bool, CancellationToken, Task<IAsyncEnumerable<StreamItem>>> begin, CancellationToken stopping)
    {
        var until = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        try
        {
            var all = await begin(seconds > 0, until.Token);
            if (seconds > 0) until.CancelAfter(TimeSpan.FromSeconds(seconds));
            return new EventStream(place, until, all);
        }
        catch
        {
            place.Dispose();
            until.Dispose();
            throw;
        }
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (place)
        using (time)
        {
            httpContext.Response.ContentType = ContentType;
            httpContext.Response.Headers.CacheControl = "no-store";
            httpContext.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy that gathers what it passes on would keep it back
            httpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            await SseFormatter.WriteAsync(ItemsAsync(time.Token), httpContext.Response.Body, static (item, writer) => writer.Write(item.Data.Data.Span), httpContext.RequestAborted);
        }
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), [ContentType]));

    /// <summary>Ends quietly where it has to end: whoever wants more goes on from the last id.</summary>
    private async IAsyncEnumerable<SseItem<StreamItem>> ItemsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await using var each = items.GetAsyncEnumerator(ct);
        while (await HasNextAsync(each, ct)) yield return new SseItem<StreamItem>(each.Current, each.Current.Type) { EventId = each.Current.Id };
    }

    private static async Task<bool> HasNextAsync(IAsyncEnumerator<StreamItem> each, CancellationToken ct)
    {
        try
        {
            return await each.MoveNextAsync();
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable })
        {
            return false; // the database is away: the client tries again by itself
        }
    }
}
