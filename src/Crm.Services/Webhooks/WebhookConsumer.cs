using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Webhooks;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Database.Webhooks;
using Crm.Services.Conditions;
using Crm.Services.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Webhooks;

/// <summary>
/// Tells webhooks of events. What an endpoint refuses is kept and sent again over three days; one that takes nothing at all is left alone for a
/// while that grows, so that not each of its events is tried in vain.
/// </summary>
public sealed class WebhookConsumer(IServiceScopeFactory scopes, WebhookSender sender, WebhookJournal journal, WebhookSettings settings) : IEventConsumer
{
    /// <summary>As long as noting what came of it may take.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    public string Kind => "webhook";

    public bool IsStanding => false;

    /// <summary>They wait for others most of the time, and some of those are slow.</summary>
    public int AtOnce => 256;

    public int AtOnceOfTenant => 8;

    /// <summary>All of them are in flight at once.</summary>
    public int LargestWave => 8;

    /// <summary>One may go ahead of the others.</summary>
    public TimeSpan TurnTime => (settings.Timeout * 2) + Margin;

    /// <summary>How the place of a webhook in the log is named.</summary>
    public static string NameOf(Guid id) => $"webhook:{id}";

    public TimeSpan? NextTry(int tries) => WebhookSchedule.NextTry(tries);

    public async Task<IReadOnlyList<Delivery>> DeliverAsync(ConsumerTurn turn, IReadOnlyList<LogEntry> entries, CancellationToken ct)
    {
        if (await FindAsync(turn, ct) is not { } webhook) return [.. entries.Select(_ => Delivery.Told)]; // deleted at this moment: nobody is left to be told
        if (webhook.State == WebhookState.Disabled) throw new ConsumerAwayException("The webhook is disabled.");
        var wanted = Wanted(webhook, entries);
        if (wanted.Count == 0) return [.. entries.Select(_ => Delivery.Told)];

        var came = await journal.NoteAsync(turn, webhook.Id, await SendAsync(webhook, wanted, ct), ct);
        return [.. entries.Select(entry => came.GetValueOrDefault(entry.Id) ?? Delivery.Told)];
    }

    private async Task<Webhook?> FindAsync(ConsumerTurn turn, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(turn.TenantId, WebhookJournal.Actor);
        var id = Guid.Parse(turn.Name[(Kind.Length + 1)..]);
        return await work.ServiceProvider.GetRequiredService<CrmDbContext>().Webhooks.AsNoTracking().SingleOrDefaultAsync(w => w.Id == id, ct);
    }

    /// <summary>The entries that the webhook is to be told of: of records alone, of its types, and as its filter has it.</summary>
    /// <exception cref="ConsumerAwayException">Its filter can't be read.</exception>
    private static List<LogEntry> Wanted(Webhook webhook, IReadOnlyList<LogEntry> entries)
    {
        var wanted = entries.Where(entry => entry.RecordId is not null && webhook.Types?.Contains(entry.Type, StringComparer.Ordinal) is not false).ToList();
        if (wanted.Count == 0 || webhook.Filter is not { } json) return wanted;
        try
        {
            var filter = ConditionReader.Read(JsonSerializer.Deserialize<JsonElement>(json, CrmJson.Options), webhook.Types, "/filter");
            return wanted.FindAll(entry => filter.Holds(entry.Record, entry.Changes));
        }
        catch (CrmException e) when (e.Kind == FailureKind.Invalid)
        {
            throw new ConsumerAwayException("The webhook's filter, set by an earlier version, can't be asked any more. Give it another; what happens meanwhile is kept.");
        }
    }

    /// <summary>Sends all at once. After a failure one goes ahead, after each another, as it may be the fault of one; and where that isn't answered the others stay.</summary>
    private async Task<List<WebhookAttempt>> SendAsync(Webhook webhook, List<LogEntry> wanted, CancellationToken ct)
    {
        var attempts = new List<WebhookAttempt>();
        var ahead = webhook.Failures > 0 ? wanted[webhook.Failures % wanted.Count] : null;
        if (ahead is not null) attempts.Add(await SendAsync(webhook, ahead, ct));
        if (!attempts.Exists(attempt => attempt.IsUnanswered)) attempts.AddRange(await Task.WhenAll(wanted.Where(entry => entry != ahead).Select(entry => SendAsync(webhook, entry, ct))));
        return attempts;
    }

    private Task<WebhookAttempt> SendAsync(Webhook webhook, LogEntry entry, CancellationToken ct) => sender.SendAsync(webhook, new WebhookMessage(entry.Id, entry.Type, entry.CloudEvent), ct);
}
