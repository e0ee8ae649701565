using System.Linq.Expressions;
using Crm.Contracts.Notifications;
using Crm.Database.Tenancy;

namespace Crm.Database.Notifications;

/// <summary>A notice among a user's notifications.</summary>
public sealed class Notification : Notice
{
    /// <summary>Rising by one from notification to notification of the tenant, in the order in which they were committed.</summary>
    public long Number { get; init; }

    public DateTimeOffset? ReadAt { get; private set; }
    public int Version { get; private set; } = 1;

    /// <summary>One that was read stays as it was read first.</summary>
    public void Read(DateTimeOffset at)
    {
        if (ReadAt is null) (ReadAt, Version) = (at, Version + 1);
    }

    public void Unread()
    {
        if (ReadAt is not null) (ReadAt, Version) = (null, Version + 1);
    }
}

/// <summary>The number of a tenant's newest notification. Whoever makes some locks it first, so that numbers are committed in their order.</summary>
public sealed class NotificationCounter : ITenantOwned
{
    public Guid TenantId { get; init; }
    public long Number { get; set; }
}

/// <summary>By which ways a user wants to be told of a kind; without one, as at first.</summary>
public sealed class NotificationPreference : ITenantOwned
{
    /// <summary>At first.</summary>
    public static readonly ChannelView ByDefault = new() { InApp = true, Email = false };

    public Guid TenantId { get; init; }
    public string UserId { get; init; } = "";
    public NotificationKind Kind { get; init; }
    public bool InApp { get; private set; }
    public bool Email { get; private set; }

    /// <summary>How often it was set.</summary>
    public int Version { get; private set; }

    public void Set(ChannelView channels) => (InApp, Email, Version) = (channels.InApp, channels.Email, Version + 1);
}

public static class NotificationViews
{
    public static readonly Expression<Func<Notification, NotificationView>> Projection = notification => new NotificationView
    {
        Id = notification.Id,
        Number = notification.Number,
        Kind = notification.Kind,
        Subject = notification.Collection + "/" + notification.SubjectId,
        Title = notification.Title,
        Actor = notification.Actor,
        EventId = notification.EventId,
        CreatedAt = notification.CreatedAt,
        ReadAt = notification.ReadAt,
        Version = notification.Version,
    };

    public static readonly Func<Notification, NotificationView> Of = Projection.Compile();
}
