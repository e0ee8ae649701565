using Crm.Contracts;
using Crm.Contracts.Failures;
using Crm.Contracts.Notifications;
using Crm.Database.Notifications;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Notifications;

public sealed partial class NotificationService
{
    /// <summary>By which ways the caller is told of what.</summary>
    public async Task<PreferenceView> PreferencesAsync(CancellationToken ct) => ViewOf(await OwnPreferences().AsNoTracking().ToListAsync(ct));

    /// <summary>Sets all ways; what isn't given is as at first.</summary>
    /// <exception cref="CrmException">412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task<PreferenceView> ReplacePreferencesAsync(Changes<PreferenceFields> change, int? ifMatch, CancellationToken ct) => WriteAsync(change, ifMatch, (_, _) => NotificationPreference.ByDefault, ct);

    /// <summary>Sets the ways that are given; a kind that is null is as at first again.</summary>
    /// <inheritdoc cref="ReplacePreferencesAsync"/>
    public Task<PreferenceView> ChangePreferencesAsync(Changes<PreferenceFields> change, int? ifMatch, CancellationToken ct) => WriteAsync(change, ifMatch, Of, ct);

    /// <param name="change">What is given.</param>
    /// <param name="ifMatch">The version that the caller has seen; null to change whatever is there.</param>
    /// <param name="kept">What a way is that isn't given of a kind that is.</param>
    /// <param name="ct">Stops it before it is saved.</param>
    private Task<PreferenceView> WriteAsync(Changes<PreferenceFields> change, int? ifMatch, Func<List<NotificationPreference>, NotificationKind, ChannelView> kept, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            // So that the user's changes come one after another, also those of kinds that were never set.
            await db.Members.Where(m => m.UserId == caller.UserId).ForUpdate().Select(m => m.UserId).SingleAsync(ct);
            var preferences = await OwnPreferences().ToListAsync(ct);
            if (ifMatch is { } version && version != VersionOf(preferences)) throw new CrmException(FailureKind.PreconditionFailed, FailureCodes.Stale, "Your preferences were changed since you read them. Read them again and send the change with their new ETag.");
            var fields = change.ApplyTo(new PreferenceFields());
            foreach (var kind in Enum.GetValues<NotificationKind>().Where(kind => change.Gives(kind.ToString())))
            {
                var channels = FieldsOf(fields, kind);
                var other = channels is null ? NotificationPreference.ByDefault : kept(preferences, kind);
                Set(preferences, kind, new ChannelView { InApp = channels?.InApp ?? other.InApp, Email = channels?.Email ?? other.Email });
            }

            await db.SaveChangesAsync(ct);
            return ViewOf(preferences);
        },
        ct);

    private void Set(List<NotificationPreference> preferences, NotificationKind kind, ChannelView channels)
    {
        if (Of(preferences, kind) == channels) return;
        var preference = preferences.Find(p => p.Kind == kind);
        if (preference is null)
        {
            preferences.Add(preference = new NotificationPreference { TenantId = caller.TenantId, UserId = caller.UserId, Kind = kind });
            db.Add(preference);
        }

        preference.Set(channels);
    }

    private IQueryable<NotificationPreference> OwnPreferences() => db.NotificationPreferences.Where(p => p.UserId == caller.UserId);

    private static ChannelView Of(List<NotificationPreference> preferences, NotificationKind kind) =>
        preferences.Find(p => p.Kind == kind) is { } set ? new ChannelView { InApp = set.InApp, Email = set.Email } : NotificationPreference.ByDefault;

    private static int VersionOf(List<NotificationPreference> preferences) => preferences.Sum(p => p.Version);

    private static ChannelFields? FieldsOf(PreferenceFields fields, NotificationKind kind) => kind switch
    {
        NotificationKind.TaskAssigned => fields.TaskAssigned,
        NotificationKind.LeadAssigned => fields.LeadAssigned,
        NotificationKind.DealAssigned => fields.DealAssigned,
        NotificationKind.TaskReminder => fields.TaskReminder,
        NotificationKind.TaskOverdue => fields.TaskOverdue,
        NotificationKind.DealWon => fields.DealWon,
        NotificationKind.DealLost => fields.DealLost,
        NotificationKind.DealRotting => fields.DealRotting,
        NotificationKind.ConversionFailed => fields.ConversionFailed,
        NotificationKind.LeadUnrouted => fields.LeadUnrouted,
        NotificationKind.WebhookDisabled => fields.WebhookDisabled,
        NotificationKind.Workflow => fields.Workflow,
        _ => throw new InvalidOperationException($"Nothing says how to be told of {kind}."),
    };

    private static PreferenceView ViewOf(List<NotificationPreference> preferences) => new()
    {
        TaskAssigned = Of(preferences, NotificationKind.TaskAssigned),
        LeadAssigned = Of(preferences, NotificationKind.LeadAssigned),
        DealAssigned = Of(preferences, NotificationKind.DealAssigned),
        TaskReminder = Of(preferences, NotificationKind.TaskReminder),
        TaskOverdue = Of(preferences, NotificationKind.TaskOverdue),
        DealWon = Of(preferences, NotificationKind.DealWon),
        DealLost = Of(preferences, NotificationKind.DealLost),
        DealRotting = Of(preferences, NotificationKind.DealRotting),
        ConversionFailed = Of(preferences, NotificationKind.ConversionFailed),
        LeadUnrouted = Of(preferences, NotificationKind.LeadUnrouted),
        WebhookDisabled = Of(preferences, NotificationKind.WebhookDisabled),
        Workflow = Of(preferences, NotificationKind.Workflow),
        Version = VersionOf(preferences),
    };
}
