using System.Reflection;
using System.Text.Json;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Crm.Database.Records;

/// <summary>What leads, deals, tasks and activities have in common: an owner tenant, a version, and a place to say what happened.</summary>
public abstract class Record : ITenantOwned
{
    private readonly List<RaisedEvent> raised = [];

    private protected Record()
    {
    }

    private protected Record(Stamp stamp)
    {
        (TenantId, Id) = (stamp.TenantId, Guid.CreateVersion7(stamp.At));
        (CreatedAt, CreatedBy) = (stamp.At, stamp.By);
        (UpdatedAt, UpdatedBy) = (stamp.At, stamp.By);
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public string CreatedBy { get; private set; } = "";
    public DateTimeOffset UpdatedAt { get; private set; }
    public string UpdatedBy { get; private set; } = "";
    public int Version { get; private set; }
    public DateTimeOffset? DeletedAt { get; private set; }

    /// <summary>Shared by all that was deleted together, so that it comes back together.</summary>
    public Guid? DeletionId { get; private set; }

    /// <summary>What the record is called in an event's type: <c>lead</c> in <c>lead.created</c>.</summary>
    public abstract string Noun { get; }

    /// <summary>What the record's collection is called in a path.</summary>
    public abstract string Collection { get; }

    public IReadOnlyList<RaisedEvent> Raised => raised;

    /// <summary>Whether what somebody read as a version of it is what it still is, so that it may be changed by what was read.</summary>
    public virtual bool IsStill(int version) => version == Version;

    /// <summary>The record as its readers see it at an instant.</summary>
    public abstract object ToView(DateTimeOffset at);

    public void Delete(Guid deletion, DateTimeOffset at)
    {
        if (DeletedAt is not null) return;
        (DeletedAt, DeletionId) = (at, deletion);
        Raise("deleted");
    }

    public void Restore()
    {
        if (DeletedAt is null) return;
        (DeletedAt, DeletionId) = (null, null);
        Raise("restored");
    }

    /// <summary>Computes the columns that exist for looking up and sorting only.</summary>
    internal abstract void RefreshKeys();

    /// <summary>A row to keep of the record as it is now, where one of the changed members is worth it.</summary>
    /// <param name="changed">The view's members that change with this save, and whether it is deleted.</param>
    /// <param name="before">What it was before; null for a new record.</param>
    internal abstract object? Snapshot(IReadOnlySet<string> changed, PropertyValues? before);

    /// <summary>Whether a member that changes makes a change of the record. What the service works out of it by itself is nobody's.</summary>
    internal virtual bool IsChange(string member) => true;

    /// <param name="stamp">By whom and when it is saved.</param>
    /// <param name="version">The version of its last event.</param>
    /// <param name="isChanged">Whether anything of it changed. What only came to pass, such as that a task is due, is nobody's change.</param>
    internal virtual void Saved(Stamp stamp, int version, bool isChanged)
    {
        raised.Clear();
        Version = version;
        if (isChanged) (UpdatedAt, UpdatedBy) = (stamp.At > UpdatedAt ? stamp.At : UpdatedAt, stamp.By); // another machine's clock may be behind
    }

    /// <param name="what">What happened, as in <c>lead.created</c> without the noun.</param>
    /// <param name="fields">The view's members that this event tells of; a change of others is told by <c>updated</c>.</param>
    protected void Raise(string what, params string[] fields) => raised.Add(new RaisedEvent($"{Noun}.{what}", fields));
}

/// <summary>Something that happened to a record and will be written with it.</summary>
public sealed record RaisedEvent(string Type, IReadOnlyList<string> Fields);

/// <summary>The members of a view, by which an event tells what changed.</summary>
internal static class ViewMembers
{
    private static readonly string[] Bookkeeping = ["version", "updatedAt", "updatedBy"];

    public static HashSet<string> Of(Type view) =>
        view.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))
            .Except(Bookkeeping, StringComparer.Ordinal)
            .ToHashSet(StringComparer.Ordinal);
}
