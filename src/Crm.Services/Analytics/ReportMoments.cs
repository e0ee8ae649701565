using System.Globalization;
using Crm.Contracts.Failures;
using Crm.Database;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>Of which instant a report is, and by what one knows whether anything has changed since it was made.</summary>
internal sealed class ReportMoments(CrmDbContext db, TimeProvider clock)
{
    /// <summary>The instant asked for, else now: as the last change may bear the time of a machine whose clock is ahead, not before that.</summary>
    /// <exception cref="CrmException">400 for an instant in the future.</exception>
    public async Task<ReportMoment> OfAsync(DateTimeOffset? asOf, CancellationToken ct) => (await LookAsync(asOf, ct)).Moment;

    /// <summary>The same instant for whoever asks in the same minute, until something changes: the one asked for, else that of the last change, or the beginning of the minute where there was none since.</summary>
    /// <exception cref="CrmException">400 for an instant in the future.</exception>
    public async Task<DateTimeOffset> OfSeveralAsync(DateTimeOffset? asOf, CancellationToken ct)
    {
        var (moment, lastAt) = await LookAsync(asOf, ct);
        if (asOf is not null) return moment.AsOf;
        var minute = new DateTimeOffset(moment.AsOf.UtcTicks - (moment.AsOf.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        return lastAt > minute ? lastAt.Value : minute;
    }

    private async Task<(ReportMoment Moment, DateTimeOffset? LastAt)> LookAsync(DateTimeOffset? asOf, CancellationToken ct)
    {
        var log = await db.Tenants.AsNoTracking().Select(_ => new
        {
            LastAt = db.Events.OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id).Select(e => (DateTimeOffset?)e.OccurredAt).FirstOrDefault(),
            LastId = db.Events.OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id).Select(e => (Guid?)e.Id).FirstOrDefault(),
            Sealed = db.SealHeads.Select(head => (long?)head.Position).FirstOrDefault(),
            Unsealed = db.UnsealedEvents.LongCount(),
        }).SingleAsync(ct);
        var now = clock.GetUtcNow();
        if (asOf > now && asOf > log.LastAt.GetValueOrDefault()) throw CrmException.Invalid("asOf", "must not be in the future");
        var moment = new ReportMoment(
            asOf ?? (log.LastAt > now ? log.LastAt.Value : now),
            !(log.LastAt > asOf),
            string.Create(CultureInfo.InvariantCulture, $"{(log.Sealed ?? 0) + log.Unsealed}:{log.LastId}"));
        return (moment, log.LastAt);
    }
}

/// <summary>The instant that a report is of.</summary>
/// <param name="AsOf">It.</param>
/// <param name="IsPresent">Whether nothing has changed since.</param>
/// <param name="Version">What the tenant's log has: how many events there are, in whatever order they were committed, and which is the last. It is another one after each change.</param>
internal sealed record ReportMoment(DateTimeOffset AsOf, bool IsPresent, string Version);
