using Crm.Contracts.Notifications;
using Crm.Database.Naming;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database.Notifications;

/// <summary>What a user is told of an event, by whichever way: once for each event and kind.</summary>
public abstract class Notice : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }

    /// <summary>Who is told.</summary>
    public string UserId { get; init; } = "";

    public NotificationKind Kind { get; init; }
    public Guid EventId { get; init; }

    /// <summary>The collection of what it is about, such as <c>tasks</c>.</summary>
    public string Collection { get; init; } = "";

    /// <summary>In its collection, what it is about.</summary>
    public string SubjectId { get; init; } = "";

    /// <summary>The record that only who sees it is told of; null for what is no record's.</summary>
    public Guid? RecordId { get; init; }

    /// <summary>What its subject was called at that time.</summary>
    public string Title { get; init; } = "";

    public string Actor { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
}

public static class Notices
{
    /// <summary>Those of deleted records, too: what was told stays told. What is out of sight stays so.</summary>
    public static IQueryable<T> OfDeletedToo<T>(this IQueryable<T> notices) where T : Notice => notices.IgnoreQueryFilters([Conventions.LiveFilter]);
}
