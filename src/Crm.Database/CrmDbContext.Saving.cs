using Crm.Database.Events;
using Crm.Database.Goals;
using Crm.Database.Pipelines;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Crm.Database;

public abstract partial class CrmDbContext
{
    /// <summary>Saves the changes and the events that tell of them, in one transaction. A row of another tenant is refused.</summary>
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            Prepare();
            var written = base.SaveChanges(acceptAllChangesOnSuccess);
            stamp = null;
            TellOfEvents();
            return written;
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    /// <inheritdoc cref="SaveChanges(bool)"/>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            Prepare();
            if (!ChangeTracker.HasChanges()) return 0;
            using var turn = Database.CurrentTransaction is null ? await EnterWriteAsync(cancellationToken) : null;
            var written = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
            stamp = null;
            TellOfEvents();
            return written;
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    /// <summary>Runs work in one transaction: the one that is open already, else its own.</summary>
    /// <param name="work">What to do; a part of it that fails may be tried again only with <paramref name="savepoints"/>.</param>
    /// <param name="ct">Stops it before it is committed.</param>
    /// <param name="savepoints">Whether a save that fails undoes only itself.</param>
    public async Task<T> InTransactionAsync<T>(Func<Task<T>> work, CancellationToken ct, bool savepoints = false)
    {
        if (Database.CurrentTransaction is not null) return await work();
        using var turn = await EnterWriteAsync(ct);
        Database.AutoSavepointsEnabled = savepoints; // each costs two round trips
        T result;
        await using (var transaction = await Database.BeginTransactionAsync(ct))
        {
            result = await work();
            await transaction.CommitAsync(ct);
        }

        TellOfEvents();
        return result;
    }

    /// <summary>Waits for this process's turn to write, where the database has one writer.</summary>
    protected virtual ValueTask<IDisposable?> EnterWriteAsync(CancellationToken ct) => default;

    /// <summary>Looks for changes once, and again in each record that it touches; by itself EF Core would look at everything at each step.</summary>
    private void Prepare()
    {
        ChangeTracker.DetectChanges();
        var now = Stamp();
        foreach (var entry in ChangeTracker.Entries<ITenantOwned>())
        {
            if (entry.State is not EntityState.Unchanged and not EntityState.Detached && (now.TenantId == Guid.Empty || entry.Entity.TenantId != now.TenantId))
            {
                throw new ForeignRowException(entry.Metadata.ClrType.Name);
            }
        }

        foreach (var entry in ChangeTracker.Entries<Pipeline>().Where(entry => entry.State is EntityState.Added or EntityState.Modified).ToList())
        {
            AddRange(entry.Entity.Snapshots());
        }

        foreach (var entry in ChangeTracker.Entries<Goal>().Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList())
        {
            Add(entry.State == EntityState.Deleted ? entry.Entity.LastSnapshot(now.At) : entry.Entity.Snapshot());
        }

        foreach (var entry in ChangeTracker.Entries<Record>().Where(entry => entry.State is EntityState.Added or EntityState.Modified).ToList())
        {
            Prepare(entry, now);
        }
    }

    private void Prepare(EntityEntry<Record> entry, Stamp now)
    {
        var record = entry.Entity;
        record.RefreshKeys();
        var changes = EventLog.ChangesOf(entry);
        var raised = EventLog.Complete(record, entry.State, changes.Keys);
        if (raised.Count == 0) return;

        if (record is ITagged && changes.ContainsKey("tags")) SaveTags(entry, record);
        record.Saved(now, record.Version + raised.Count, isChanged: changes.Keys.Any(record.IsChange));
        if (entry.State == EntityState.Modified) entry.DetectChanges();
        foreach (var @event in EventLog.Write(record, raised, changes, now)) Log(@event);
        if (record.Snapshot(changes.Keys.ToHashSet(StringComparer.Ordinal), entry.State == EntityState.Added ? null : entry.OriginalValues) is { } snapshot) Add(snapshot);
    }

    private void SaveTags(EntityEntry<Record> entry, Record record)
    {
        var before = entry.State == EntityState.Added ? [] : (List<string>)entry.Property(nameof(ITagged.Tags)).OriginalValue!;
        var old = before.Select(Tags.Key).ToHashSet(StringComparer.Ordinal);
        var now = ((ITagged)record).Tags.Select(Tags.Key).ToHashSet(StringComparer.Ordinal);
        RemoveRange(old.Except(now, StringComparer.Ordinal).Select(Row));
        AddRange(now.Except(old, StringComparer.Ordinal).Select(Row));

        Tag Row(string key) => record is Leads.Lead
            ? new LeadTag { TenantId = record.TenantId, RecordId = record.Id, Key = key }
            : new DealTag { TenantId = record.TenantId, RecordId = record.Id, Key = key };
    }
}
