using Crm.Contracts.Lists;

namespace Crm.Contracts.Notifications;

/// <summary>Which of the caller's notifications, in which order.</summary>
[Sortable("-createdAt", "createdAt")]
public sealed record NotificationQuery : PageQuery
{
    public IReadOnlyList<NotificationKind>? Kind { get; init; }

    /// <summary>Whether it was read.</summary>
    public bool? Read { get; init; }
}
