using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Notifications;
using Crm.Services.Notifications;

namespace Crm.Api.Notifications;

internal static class NotificationRoutes
{
    public static void MapNotifications(this IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("/", List).WithName("ListNotifications").WithSummary("List one's notifications").RequireRole(Role.Viewer);
        notifications.MapGet("/unread-count", CountUnread).WithName("CountUnreadNotifications").WithSummary("How many of them are unread").RequireRole(Role.Viewer);
        notifications.MapPut("/{id:guid}/read", Read).WithName("ReadNotification").WithSummary("Mark a notification as read").RequireRole(Role.Viewer);
        notifications.MapDelete("/{id:guid}/read", Unread).WithName("UnreadNotification").WithSummary("Mark a notification as unread").RequireRole(Role.Viewer);
        notifications.MapPost("/read-all", ReadAll).WithName("ReadNotifications").WithSummary("Mark all as read").RequireRole(Role.Viewer);
        notifications.MapGet("/preferences", GetPreferences).WithName("GetNotificationPreferences").WithSummary("Get how one is told of what").RequireRole(Role.Viewer);
        notifications.MapPut("/preferences", ReplacePreferences).WithName("ReplaceNotificationPreferences").WithSummary("Replace how one is told of what").RequireRole(Role.Viewer);
        notifications.MapPatch("/preferences", ChangePreferences).WithName("ChangeNotificationPreferences").WithSummary("Change how one is told of some").RequireRole(Role.Viewer);
    }

    /// <summary>The caller's own, whatever the role. Of a record out of sight there is none, also where it was in sight when it was told.</summary>
    private static async Task<Found<Page<NotificationView>>> List(QueryOf<NotificationQuery> query, NotificationService notifications, CancellationToken ct) =>
        Answers.Found(await notifications.ListAsync(query.Value, ct));

    /// <summary>Counted up to 1 000.</summary>
    private static async Task<Found<UnreadCountView>> CountUnread(NotificationService notifications, CancellationToken ct) =>
        Answers.Found(await notifications.UnreadAsync(ct));

    /// <summary>One that was read stays as it was read first.</summary>
    private static async Task<Found<NotificationView>> Read(Guid id, IfMatch ifMatch, NotificationService notifications, CancellationToken ct) =>
        Answers.Found(await notifications.ReadAsync(id, ifMatch.Version, ct));

    /// <summary>One that is unread stays so.</summary>
    private static async Task<Found<NotificationView>> Unread(Guid id, IfMatch ifMatch, NotificationService notifications, CancellationToken ct) =>
        Answers.Found(await notifications.UnreadAsync(id, ifMatch.Version, ct));

    /// <summary>With <c>until</c> those made at that instant or before it, so that what has come since it was looked at stays unread. Answers how many are unread then.</summary>
    private static async Task<Found<UnreadCountView>> ReadAll(OptionalBody<ReadAll> body, NotificationService notifications, CancellationToken ct) =>
        Answers.Found(await notifications.ReadAllAsync(body.Value?.Until, ct));

    /// <summary>The caller's own. At first one is told of everything among the notifications, and of nothing by e-mail.</summary>
    private static async Task<Found<PreferenceView>> GetPreferences(NotificationService notifications, CancellationToken ct) =>
        Answers.Found(await notifications.PreferencesAsync(ct));

    /// <summary>What is left out is as at first. What has been told already stays. E-mail goes to the member's address, where the service has a mail server.</summary>
    private static async Task<Found<PreferenceView>> ReplacePreferences(Replacement<PreferenceFields> body, IfMatch ifMatch, NotificationService notifications, CancellationToken ct) =>
        Answers.Found(await notifications.ReplacePreferencesAsync(body.Changes, ifMatch.Version, ct));

    /// <summary>A merge patch: what is left out stays, a kind that is null is as at first.</summary>
    private static async Task<Found<PreferenceView>> ChangePreferences(MergePatch<PreferenceFields> body, IfMatch ifMatch, NotificationService notifications, CancellationToken ct) =>
        Answers.Found(await notifications.ChangePreferencesAsync(body.Changes, ifMatch.Version, ct));
}
