using Crm.Contracts.Lists;

namespace Crm.Contracts.Dashboards;

/// <summary>How far it is with a delivery, or with a member's mail of it.</summary>
public enum DeliveryState
{
    /// <summary>It is under way.</summary>
    Pending,

    /// <summary>It went out: by e-mail, to at least one of the members.</summary>
    Delivered,

    /// <summary>It is given up: it is known to have reached nobody, though a mail of it may be out.</summary>
    Failed,
}

/// <summary>A dashboard as it was delivered at a due time.</summary>
public sealed record DashboardDeliveryView : IIdentified
{
    public required Guid Id { get; init; }

    /// <summary>When it was due: the instant that its reports are of. There is one delivery of it, however often the service was stopped.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required DeliveryChannel By { get; init; }
    public required DeliveryState State { get; init; }

    /// <summary>How often it was taken up, but for when the mail server was away or the service was stopped in time.</summary>
    public required int Attempts { get; init; }

    /// <summary>Why it isn't out yet, or never will be; null where nothing is wrong, or only with some of the members, each of whom says why.</summary>
    public required string? Problem { get; init; }

    /// <summary>By e-mail, the members it goes to; none by webhook.</summary>
    public required IReadOnlyList<DeliveryRecipientView> Recipients { get; init; }

    /// <summary>What was delivered.</summary>
    public required IReadOnlyList<DeliveredReportView> Reports { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When nothing of it was left to do; null before.</summary>
    public required DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A member to whom a delivery goes by e-mail.</summary>
public sealed record DeliveryRecipientView
{
    /// <summary>The id of the member.</summary>
    public required string UserId { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>Why the mail isn't out yet, or never will be, or why nobody knows whether it is.</summary>
    public required string? Problem { get; init; }

    /// <summary>When the mail server took it.</summary>
    public required DateTimeOffset? SentAt { get; init; }
}

/// <summary>A report as it was delivered.</summary>
public sealed record DeliveredReportView
{
    /// <summary>What it is called in its path.</summary>
    public required string Key { get; init; }

    /// <summary>What it is called for people to read.</summary>
    public required string Name { get; init; }

    /// <summary>Which report, by the last part of its path.</summary>
    public required string Report { get; init; }

    /// <summary>Where the report is, with the due time as <c>asOf</c>: it gives the same for ever, to each who asks what they may see.</summary>
    public required string Url { get; init; }
}

/// <summary>What the event <c>dashboard.delivered</c> tells.</summary>
public sealed record DeliveredDashboardView
{
    /// <summary>Of the dashboard.</summary>
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The id of the member whose it is.</summary>
    public required string OwnerId { get; init; }

    /// <summary>Of the delivery.</summary>
    public required Guid DeliveryId { get; init; }

    /// <summary>When it was due: the instant that its reports are of.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required IReadOnlyList<DeliveredReportView> Reports { get; init; }
}

/// <summary>Which deliveries, in which order.</summary>
[Sortable("-dueAt", "dueAt")]
public sealed record DashboardDeliveryQuery : PageQuery
{
    public IReadOnlyList<DeliveryState>? State { get; init; }
}
