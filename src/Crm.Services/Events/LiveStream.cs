using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Notifications;
using Crm.Database.Events;
using Crm.Services.Notifications;
using Crm.Services.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Events;

/// <summary>Something that a live stream sends.</summary>
/// <param name="Id">Where to go on after it.</param>
/// <param name="Type">The type of the event; <see cref="LiveStream.Heartbeat"/> where nothing happened.</param>
/// <param name="Data">The event, as JSON in UTF-8; nothing for a heartbeat.</param>
public sealed record StreamItem(string Id, string Type, ReadOnlyMemory<byte> Data);

/// <summary>Who watches a stream.</summary>
/// <param name="TenantId">Of which tenant.</param>
/// <param name="UserId">As which user.</param>
/// <param name="AdmitAsync">Lets the caller into a unit of work as what counts now; false for one who may watch no more.</param>
public sealed record StreamWatcher(Guid TenantId, string UserId, Func<IServiceProvider, CancellationToken, Task<bool>> AdmitAsync);

/// <summary>Sends a caller what happens and what news there is for them, while it happens, from any place of the log on: nothing is lost, and nothing sent twice to who goes on after the last that came.</summary>
public sealed class LiveStream(LogTails tails, WatchPlaces places, LogSignal signal, IServiceScopeFactory scopes, TimeProvider clock)
{
    public const string Heartbeat = "heartbeat";
    public const string Notification = "notification";

    private const string Notifications = "notifications";
    private const int Batch = 50;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A connection on which nothing comes for long is taken for dead by whatever stands in between.</summary>
    private static readonly TimeSpan BetweenHeartbeats = TimeSpan.FromSeconds(15);

    /// <param name="watcher">Who watches, as what counts now and later.</param>
    /// <param name="after">Behind which place; null for the log's present end.</param>
    /// <param name="types">Of which types; null for all.</param>
    /// <param name="endless">Whether it goes on when it has sent what is there.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="CrmException">400 for a type of event that there isn't, or a place behind the end of the log: before anything is sent.</exception>
    public async Task<IAsyncEnumerable<StreamItem>> BeginAsync(StreamWatcher watcher, string? after, IReadOnlyList<string>? types, bool endless, CancellationToken ct)
    {
        types = FeedService.TypesOf(types, Notification);
        using var tail = tails.Watch(watcher.TenantId);
        var end = await tail.EndAsync(ct);
        var begin = PlaceOf(after, end);
        while (begin.Position > end.Position || begin.Number > end.Number)
        {
            // Another instance may have seen more than this one yet.
            var (before, now) = (end, await tail.EndAsync(ct, anew: true));
            if (now == before) throw FeedService.Beyond();
            end = now;
        }

        return WatchAsync(watcher, begin, types, endless, ct);
    }

    private async IAsyncEnumerable<StreamItem> WatchAsync(
        StreamWatcher watcher, (long Position, long Number) begin, IReadOnlyList<string>? types, bool endless, [EnumeratorCancellation] CancellationToken ct)
    {
        using var tail = tails.Watch(watcher.TenantId);
        var (position, number) = begin;
        var sent = clock.GetTimestamp();
        var admitted = sent;
        var isWhole = false; // whether the caller sees all that there is: found out with the first that comes
        yield return Item(Heartbeat, default);
        while (true)
        {
            var next = signal.NextOf(watcher.TenantId);
            var entries = await tail.AfterAsync(position, ct);
            if (entries.Count > 0)
            {
                // What changes who may see what is in the log itself: whoever isn't let in any more hears nothing that came behind it.
                // That a token, a key or a session has ended is not: it is asked now and then.
                var (mine, mayGoOn) = isWhole && clock.GetElapsedTime(admitted) < BetweenHeartbeats && entries.All(entry => entry.RecordId is not null && !FeedService.IsOfSome(entry)) ? (entries, true) : await ForCallerAsync(entries);
                if (!mayGoOn) yield break;
                foreach (var entry in mine.Where(entry => entry.RecordId is not null && IsWanted(entry.Type)))
                {
                    position = entry.Position;
                    yield return Item(entry.Type, entry.CloudEvent);
                    sent = clock.GetTimestamp();
                }

                position = entries[^1].Position;
                continue;
            }

            if (IsWanted(Notification) && tail.HasNews(watcher.UserId, number))
            {
                var last = (await tail.EndAsync(ct)).Number; // before they are read: what comes meanwhile comes next
                if (await NewsAsync() is not { } news) yield break;
                foreach (var notification in news)
                {
                    number = notification.Number;
                    yield return Item(Notification, JsonSerializer.SerializeToUtf8Bytes(notification, CrmJson.Options));
                    sent = clock.GetTimestamp();
                }

                if (news.Count == 0) number = last; // of records out of sight, or of no key's business
                continue;
            }

            if (!endless) yield break;
            if (clock.GetElapsedTime(sent) >= BetweenHeartbeats)
            {
                if (!(await ForCallerAsync([])).MayGoOn) yield break;
                yield return Item(Heartbeat, default);
                sent = clock.GetTimestamp();
            }

            await Task.WhenAny(next, Task.Delay(Interval, ct));
            ct.ThrowIfCancellationRequested();
        }

        bool IsWanted(string type) => types?.Contains(type, StringComparer.Ordinal) != false;

        StreamItem Item(string type, ReadOnlyMemory<byte> data) => new(string.Create(CultureInfo.InvariantCulture, $"{position}.{number}"), type, data);

        async Task<(IReadOnlyList<LogEntry> Entries, bool MayGoOn)> ForCallerAsync(IReadOnlyList<LogEntry> entries)
        {
            using var place = await places.TakeAsync(watcher.TenantId, ct);
            await using var work = scopes.CreateAsyncScope();
            if (!await watcher.AdmitAsync(work.ServiceProvider, ct)) return ([], false);
            admitted = clock.GetTimestamp();
            isWhole = work.ServiceProvider.GetRequiredService<Caller>().SeesAll;
            return (isWhole && !entries.Any(FeedService.IsOfSome) ? entries : await work.ServiceProvider.GetRequiredService<FeedService>().ForCallerAsync(entries, ct), true);
        }

        async Task<List<NotificationView>?> NewsAsync()
        {
            using var place = await places.TakeAsync(watcher.TenantId, ct);
            await using var work = scopes.CreateAsyncScope();
            if (!await watcher.AdmitAsync(work.ServiceProvider, ct)) return null;
            var isFor = work.ServiceProvider.GetRequiredService<Caller>().Key?.Resources is not { } resources || resources.Contains(Notifications, StringComparer.Ordinal);
            return isFor ? await work.ServiceProvider.GetRequiredService<NotificationService>().AfterAsync(number, Batch, ct) : [];
        }
    }

    /// <summary>Where to begin: a position of the log, and with a point behind it the number of a notification; what isn't given begins with what comes from now on.</summary>
    private static (long Position, long Number) PlaceOf(string? after, (long Position, long Number) end)
    {
        if (after is null or "latest") return end;
        var parts = after.Split('.');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), parts.Length > 1 ? long.Parse(parts[1], CultureInfo.InvariantCulture) : end.Number);
    }
}
