using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Events;
using Crm.Database.Tenancy;
using Crm.Services.Events;
using Crm.Services.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Notifications;

/// <summary>
/// Makes users' notifications, and the mails that go out with them, of the events that are news to them. What was made of an event isn't made again, whoever tells of it twice.
/// </summary>
public sealed class NotificationConsumer(IServiceScopeFactory scopes, SmtpSettings smtp, LogSignal signal, TimeProvider clock) : IEventConsumer
{
    /// <summary>What is older is no news: a log that is read from its beginning, as after an upgrade, fills nobody's notifications with the past.</summary>
    private static readonly TimeSpan NewsFor = TimeSpan.FromDays(30);

    public string Kind => "notifications";

    public bool IsStanding => true;

    public int AtOnce => 4;

    public int AtOnceOfTenant => 1;

    public TimeSpan TurnTime => TimeSpan.FromSeconds(10);

    /// <summary>Only the database can refuse, and then all of it: nothing is ever parked.</summary>
    public TimeSpan? NextTry(int tries) => TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, Math.Min(tries, 10))));

    public async Task<IReadOnlyList<Delivery>> DeliverAsync(ConsumerTurn turn, IReadOnlyList<LogEntry> entries, CancellationToken ct)
    {
        var since = clock.GetUtcNow() - NewsFor;
        var news = entries.Where(e => News.May(e) && e.Time > since).ToList();
        if (news.Count > 0 && await WriteAsync(turn.TenantId, news, ct)) signal.Sealed(turn.TenantId); // for the live streams
        return [.. entries.Select(_ => Delivery.Told)];
    }

    /// <returns>Whether there are new notifications.</returns>
    private async Task<bool> WriteAsync(Guid tenantId, List<LogEntry> news, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, Kind);
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        var pieces = await News.OfAsync(db, news, ct);
        if (pieces.Count == 0) return false;
        return await db.UnlessOutrunAsync(
            () => db.InTransactionAsync(() => NoticeWriter.WriteAsync(db, pieces, withMails: smtp.Host is not null, ct), ct),
            () => null,
            () => CrmException.Contended("tenant", tenantId),
            ct);
    }
}
