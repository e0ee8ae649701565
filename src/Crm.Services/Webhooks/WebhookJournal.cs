using Crm.Contracts.Events;
using Crm.Contracts.Json;
using Crm.Contracts.Webhooks;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Database.Webhooks;
using Crm.Services.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Webhooks;

/// <summary>
/// Keeps what was sent to a webhook and what came of it, and how it goes with its endpoint: in the database, so that every instance knows. Whoever
/// writes also deletes what is old or too much.
/// </summary>
public sealed partial class WebhookJournal(IServiceScopeFactory scopes, ILogger<WebhookJournal> logger)
{
    /// <summary>In whose name webhooks are disabled that nobody disabled.</summary>
    public const string Actor = "webhooks";

    /// <summary>How many attempts of a webhook are kept, and for how long.</summary>
    public const int MostKept = 1000;

    /// <inheritdoc cref="MostKept"/>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(14);

    /// <summary>When as many events were refused in a row, and none taken, it isn't the events' fault.</summary>
    private const int InARow = 5;

    /// <summary>Notes a turn's attempts.</summary>
    /// <returns>What came of each event, by its id.</returns>
    /// <exception cref="ConsumerAwayException">The endpoint takes nothing, and is left alone for a while; or the webhook is disabled.</exception>
    public async Task<IReadOnlyDictionary<Guid, Delivery>> NoteAsync(ConsumerTurn turn, Guid webhookId, IReadOnlyList<WebhookAttempt> attempts, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(turn.TenantId, Actor);
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        var consumers = work.ServiceProvider.GetRequiredService<LogConsumers>();
        var (rows, away) = await db.InTransactionAsync(() => NoteAsync(db, consumers, turn, webhookId, attempts, ct), ct);
        if (away is not null) throw away;
        return rows.Zip(attempts).ToDictionary(one => one.First.EventId, one => one.Second.Succeeded ? Delivery.Told : new Delivery.Refused(one.Second.Problem!, one.Second.RetryAfter));
    }

    private async Task<(List<WebhookDelivery> Rows, ConsumerAwayException? Away)> NoteAsync(
        CrmDbContext db, LogConsumers consumers, ConsumerTurn turn, Guid webhookId, IReadOnlyList<WebhookAttempt> attempts, CancellationToken ct)
    {
        // Deleted while it was told: nobody is left to be told, nor to be noted of.
        if (await db.Webhooks.ForUpdate().SingleOrDefaultAsync(w => w.Id == webhookId, ct) is not { } webhook) return ([], null);
        var last = await db.WebhookDeliveries.Where(d => d.WebhookId == webhookId && d.Type != EventTypes.WebhookTest && d.Type != EventTypes.WorkflowRun).MaxAsync(d => (DateTimeOffset?)d.At, ct);
        var rows = await AddAsync(db, webhookId, attempts, ct);
        var failed = attempts.Where(attempt => !attempt.Succeeded).OrderBy(attempt => attempt.At).ToList();
        if (failed.Count < attempts.Count) webhook.Deliver(attempts.Where(attempt => attempt.Succeeded).Max(attempt => attempt.At));
        else webhook.Fail(failed[0].At, last);
        if (failed.Exists(attempt => attempt.IsGone)) await DisableAsync(db, consumers, turn, webhook, WebhookDisabledReason.Gone, ct);
        else if (webhook.IsLost(db.Stamp().At)) await DisableAsync(db, consumers, turn, webhook, WebhookDisabledReason.Failing, ct);
        await db.SaveChangesAsync(ct);
        await PruneAsync(db, webhookId, ct);
        if (webhook.State == WebhookState.Disabled) return (rows, new ConsumerAwayException("The webhook is disabled."));
        var isAway = failed.Count == attempts.Count && (failed.Exists(attempt => attempt.IsUnanswered) || await IsRefusingAllAsync(db, webhook, ct));
        return (rows, isAway ? new ConsumerAwayException(failed[^1].Problem!, Longest(WebhookSchedule.Rest(webhook.Failures), failed.Max(attempt => attempt.RetryAfter)), [.. failed.Select(attempt => attempt.Message.Id)]) : null);
    }

    private static TimeSpan Longest(TimeSpan rest, TimeSpan? asked) => asked > rest ? asked.Value : rest;

    /// <summary>Keeps an attempt that tells of no event.</summary>
    internal static async Task<WebhookDelivery> AddAsync(CrmDbContext db, Guid webhookId, WebhookAttempt attempt, CancellationToken ct)
    {
        var rows = await AddAsync(db, webhookId, [attempt], ct);
        await db.SaveChangesAsync(ct);
        await PruneAsync(db, webhookId, ct);
        return rows[0];
    }

    /// <returns>The rows, in the attempts' order.</returns>
    private static async Task<List<WebhookDelivery>> AddAsync(CrmDbContext db, Guid webhookId, IReadOnlyList<WebhookAttempt> attempts, CancellationToken ct)
    {
        var ids = attempts.Select(attempt => attempt.Message.Id).ToList();
        var earlier = await db.WebhookDeliveries.Where(d => d.WebhookId == webhookId && ids.Contains(d.EventId))
            .GroupBy(d => d.EventId).Select(group => new { group.Key, Last = group.Max(d => d.Attempt) }).ToDictionaryAsync(group => group.Key, group => group.Last, ct);
        var rows = attempts.Select(attempt => WebhookViews.RowOf(db.Stamp().TenantId, webhookId, attempt, earlier.GetValueOrDefault(attempt.Message.Id) + 1)).ToList();
        db.AddRange(rows);
        return rows;
    }

    private async Task DisableAsync(CrmDbContext db, LogConsumers consumers, ConsumerTurn turn, Webhook webhook, WebhookDisabledReason reason, CancellationToken ct)
    {
        if (!webhook.Disable(reason, db.Stamp())) return;
        db.Audit(EventTypes.WebhookDisabled, "webhooks", $"{webhook.Id}", WebhookViews.DisabledFor(reason));
        await consumers.StopAsync(turn.Name, ct);
        LogDisabled(logger, webhook.Id, EnumNames<WebhookDisabledReason>.Of(reason));
    }

    /// <summary>Whether several events were refused since it took something last.</summary>
    private static async Task<bool> IsRefusingAllAsync(CrmDbContext db, Webhook webhook, CancellationToken ct)
    {
        var (id, since) = (webhook.Id, webhook.FailingSince);
        return await db.WebhookDeliveries.Where(d => d.WebhookId == id && d.At >= since && d.Type != EventTypes.WebhookTest && d.Type != EventTypes.WorkflowRun).Select(d => d.EventId).Distinct().Take(InARow).CountAsync(ct) == InARow;
    }

    private static async Task PruneAsync(CrmDbContext db, Guid webhookId, CancellationToken ct)
    {
        var old = db.Stamp().At - KeptFor;
        var firstTooMuch = await db.WebhookDeliveries.Where(d => d.WebhookId == webhookId).OrderByDescending(d => d.At).ThenByDescending(d => d.Id).Skip(MostKept).Select(d => (DateTimeOffset?)d.At).FirstOrDefaultAsync(ct);
        var before = firstTooMuch > old ? firstTooMuch.Value : old;
        await db.WebhookDeliveries.Where(d => d.WebhookId == webhookId && d.At <= before).ExecuteDeleteAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning, "The webhook {Webhook} is disabled: {Reason}")]
    private static partial void LogDisabled(ILogger logger, Guid webhook, string reason);
}
