using Crm.Contracts;
using Crm.Contracts.Failures;
using Crm.Contracts.Notifications;
using Crm.Database.Notifications;
using Crm.Database.Tenancy;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Notifications;

public sealed partial class NotificationService
{
    /// <summary>By which ways the caller is told of what.</summary>
    public async Task<PreferenceView> PreferencesAsync(CancellationToken ct) => ViewOf(await OwnPreferences().AsNoTracking().ToListAsync(ct));

    /// <summary>Sets all ways; what isn't given is as at first.</summary>
    /// <exception cref="CrmException">409 where others of the caller's were quicker too often.</exception>
    public Task<PreferenceView> ReplacePreferencesAsync(Changes<PreferenceFields> change, CancellationToken ct) => WriteAsync(change, (_, _) => NotificationPreference.ByDefault, ct);

    /// <summary>Sets the ways that are given; a kind that is null is as at first again.</summary>
    /// <inheritdoc cref="ReplacePreferencesAsync"/>
    public Task<PreferenceView> ChangePreferencesAsync(Changes<PreferenceFields> change, CancellationToken ct) =>
        WriteAsync(change, (preferences, kind) => Of(preferences, kind), ct);

    /// <param name="change">What is given.</param>
    /// <param name="kept">What a way is that isn't given of a kind that is.</param>
    /// <param name="ct">Stops it before it is saved.</param>
    private Task<PreferenceView> WriteAsync(Changes<PreferenceFields> change, Func<List<NotificationPreference>, NotificationKind, ChannelView> kept, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(
            async () =>
            {
                var preferences = await OwnPreferences().ForUpdate().ToListAsync(ct);
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
            ct),
        () => null,
        () => CrmException.Contended("member", caller.UserId),
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

        (preference.InApp, preference.Email) = (channels.InApp, channels.Email);
    }

    private IQueryable<NotificationPreference> OwnPreferences() => db.NotificationPreferences.Where(p => p.UserId == caller.UserId);

    private static ChannelView Of(List<NotificationPreference> preferences, NotificationKind kind) =>
        preferences.Find(p => p.Kind == kind) is { } set ? new ChannelView { InApp = set.InApp, Email = set.Email } : NotificationPreference.ByDefault;

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
        NotificationKind.WebhookDisabled => fields.WebhookDisabled,
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
        WebhookDisabled = Of(preferences, NotificationKind.WebhookDisabled),
    };
}
