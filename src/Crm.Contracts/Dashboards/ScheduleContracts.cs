using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Dashboards;

/// <summary>How a dashboard is delivered.</summary>
public enum DeliveryChannel
{
    /// <summary>To members by e-mail, with a summary and each report as CSV.</summary>
    Email,

    /// <summary>By the event <c>dashboard.delivered</c>, of which the tenant's webhooks are told.</summary>
    Webhook,
}

/// <summary>Why a dashboard isn't delivered any more, though it has a schedule.</summary>
public enum ScheduleStopReason
{
    /// <summary>Its owner was deactivated, so that nobody's sight is left to deliver it under.</summary>
    OwnerInactive,

    /// <summary>It is sent by e-mail, and was given to another owner: nobody has said yet that what that owner sees is to be sent.</summary>
    OwnerChanged,
}

/// <summary>When a dashboard is delivered, how, and to whom. Days and times are those of the tenant's time zone.</summary>
public sealed record ScheduleFields
{
    /// <summary><c>day</c>, <c>week</c> or <c>month</c>.</summary>
    [Required, AllowedValues("day", "week", "month")] public required string Every { get; init; }

    /// <summary>On which day of the week: of <c>week</c>, and of nothing else.</summary>
    public Weekday? Weekday { get; init; }

    /// <summary>On which day of the month, and on the last where the month has fewer: of <c>month</c>, and of nothing else.</summary>
    [Range(1, 31)] public int? Day { get; init; }

    /// <summary>At what time, such as <c>07:00</c>: where clocks leap over it, when they do; where it comes twice, the first time.</summary>
    [Required, TimeOfDay] public required string Time { get; init; }

    [Required] public required DeliveryChannel? By { get; init; }

    /// <summary>The ids of the members it is sent to, <c>me</c> for the caller: at least one by <c>EMAIL</c>, none by <c>WEBHOOK</c>.</summary>
    [MemberIds] public IReadOnlyList<string> To { get; init; } = [];
}

/// <summary>When a dashboard is delivered, how, and to whom.</summary>
public sealed record ScheduleView
{
    /// <inheritdoc cref="ScheduleFields.Every"/>
    [AllowedValues("day", "week", "month")] public required string Every { get; init; }

    /// <summary>On which day of the week; null but for <c>week</c>.</summary>
    public required Weekday? Weekday { get; init; }

    /// <summary>On which day of the month, and on the last where the month has fewer; null but for <c>month</c>.</summary>
    public required int? Day { get; init; }

    /// <summary>At what time.</summary>
    [TimeOfDay] public required string Time { get; init; }

    public required DeliveryChannel By { get; init; }

    /// <summary>The ids of the members it is sent to; none by <c>WEBHOOK</c>.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>When it is due next; null once it has stopped.</summary>
    public required DateTimeOffset? NextAt { get; init; }

    /// <summary>Since when it isn't delivered any more; null while it is. Any change of the schedule, or giving the same one again, starts it anew; so does another owner of one that isn't sent by e-mail.</summary>
    public required DateTimeOffset? StoppedAt { get; init; }

    /// <summary>Why; null while it is delivered.</summary>
    public required ScheduleStopReason? StoppedReason { get; init; }
}
