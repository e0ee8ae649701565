using System.Globalization;
using System.Runtime.CompilerServices;
using Crm.Contracts.Failures;
using Crm.Database.Events;
using Crm.Services.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Events;

/// <summary>Something that a live stream sends.</summary>
/// <param name="Id">Where to go on after it.</param>
/// <param name="Type">The type of the event; <see cref="LiveStream.Heartbeat"/> where nothing happened.</param>
/// <param name="Data">The event, as JSON in UTF-8; nothing for a heartbeat.</param>
public sealed record StreamItem(string Id, string Type, ReadOnlyMemory<byte> Data);

/// <summary>Sends a caller what happens, while it happens, from any place of the log on: nothing is lost, and nothing sent twice to who goes on after the last that came.</summary>
public sealed class LiveStream(LogTails tails, LogSignal signal, IServiceScopeFactory scopes, TimeProvider clock)
{
    public const string Heartbeat = "heartbeat";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A connection on which nothing comes for long is taken for dead by whatever stands in between.</summary>
    private static readonly TimeSpan BetweenHeartbeats = TimeSpan.FromSeconds(15);

    /// <param name="tenantId">Of which tenant.</param>
    /// <param name="after">Behind which place; null for the log's present end.</param>
    /// <param name="types">Of which types; null for all.</param>
    /// <param name="admit">Lets the caller into a unit of work as what counts now; false for one who may listen no more.</param>
    /// <param name="endless">Whether it goes on when it has sent what is there.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="CrmException">400 for a type of event that there isn't, or a place behind the end of the log: before anything is sent.</exception>
    public async Task<IAsyncEnumerable<StreamItem>> BeginAsync(
        Guid tenantId, string? after, IReadOnlyList<string>? types, Func<IServiceProvider, CancellationToken, Task<bool>> admit, bool endless, CancellationToken ct)
    {
        types = FeedService.TypesOf(types);
        using var tail = tails.Watch(tenantId);
        var end = await tail.EndAsync(ct);
        var position = after is null or "latest" ? end : long.Parse(after.Split('.')[0], CultureInfo.InvariantCulture);
        if (position > end) throw FeedService.Beyond();
        return WatchAsync(tenantId, position, types, admit, endless, ct);
    }

    private async IAsyncEnumerable<StreamItem> WatchAsync(
        Guid tenantId, long position, IReadOnlyList<string>? types, Func<IServiceProvider, CancellationToken, Task<bool>> admit, bool endless, [EnumeratorCancellation] CancellationToken ct)
    {
        using var tail = tails.Watch(tenantId);
        var sent = clock.GetTimestamp();
        var isWhole = false; // whether the caller sees all that there is: found out with the first that comes
        yield return Beat(position);
        while (true)
        {
            var next = signal.NextOf(tenantId);
            var entries = await tail.AfterAsync(position, ct);
            if (entries.Count > 0)
            {
                // What changes who may see what is in the log itself: whoever isn't let in any more hears nothing that came behind it.
                var (mine, mayGoOn) = isWhole && entries.All(entry => entry.RecordId is not null) ? (entries, true) : await ForCallerAsync(entries);
                if (!mayGoOn) yield break;
                foreach (var entry in mine.Where(entry => entry.RecordId is not null && types?.Contains(entry.Type, StringComparer.Ordinal) != false))
                {
                    yield return new StreamItem(IdOf(entry.Position), entry.Type, entry.CloudEvent);
                    sent = clock.GetTimestamp();
                }

                position = entries[^1].Position;
                continue;
            }

            if (!endless) yield break;
            if (clock.GetElapsedTime(sent) >= BetweenHeartbeats)
            {
                if (!(await ForCallerAsync([])).MayGoOn) yield break;
                yield return Beat(position);
                sent = clock.GetTimestamp();
            }

            await Task.WhenAny(next, Task.Delay(Interval, ct));
            ct.ThrowIfCancellationRequested();
        }

        async Task<(IReadOnlyList<LogEntry> Entries, bool MayGoOn)> ForCallerAsync(IReadOnlyList<LogEntry> entries)
        {
            await using var work = scopes.CreateAsyncScope();
            if (!await admit(work.ServiceProvider, ct)) return ([], false);
            isWhole = work.ServiceProvider.GetRequiredService<Caller>().SeesAll;
            return (isWhole ? entries : await work.ServiceProvider.GetRequiredService<FeedService>().ForCallerAsync(entries, ct), true);
        }
    }

    private static StreamItem Beat(long position) => new(IdOf(position), Heartbeat, ReadOnlyMemory<byte>.Empty);

    private static string IdOf(long position) => position.ToString(CultureInfo.InvariantCulture);
}
