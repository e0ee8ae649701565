using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Records;

/// <summary>What is deleted together bears one deletion's id, and comes back together.</summary>
internal static class Deletion
{
    public static void Delete(IEnumerable<Record> records, DateTimeOffset at)
    {
        var deletion = Guid.CreateVersion7(at);
        foreach (var record in records) record.Delete(deletion, at);
    }

    /// <summary>Restores a record and all that was deleted along with it.</summary>
    public static async Task RestoreAsync(CrmDbContext db, Record record, CancellationToken ct)
    {
        if (record.DeletionId is not { } deletion) return;
        await RestoreAsync(db.Leads, deletion, ct);
        await RestoreAsync(db.Deals.Include(d => d.CurrentStage), deletion, ct);
        await RestoreAsync(db.Tasks, deletion, ct);
        await RestoreAsync(db.Activities, deletion, ct);
    }

    /// <summary>A record can't come back while what it belongs to is away.</summary>
    /// <param name="parents">What the record belongs to, deleted or not.</param>
    /// <param name="parent">What a parent is called.</param>
    /// <param name="id">The parent; null for none.</param>
    /// <param name="ct">Stops the question.</param>
    public static async Task RequireAsync<T>(IQueryable<T> parents, string parent, Guid? id, CancellationToken ct) where T : Record
    {
        // Not by Any: a lock doesn't reach into the EXISTS that it becomes.
        if (id is null || (await parents.Where(p => p.Id == id).Select(p => p.Id).ToListAsync(ct)).Count > 0) return;
        throw new CrmException(FailureKind.Conflict, FailureCodes.ParentDeleted, $"The {parent} {id} that it belongs to is deleted. Restore the {parent}; what was deleted with it comes back too.");
    }

    private static async Task RestoreAsync<T>(IQueryable<T> records, Guid deletion, CancellationToken ct) where T : Record
    {
        foreach (var record in await records.WithDeleted().Where(r => r.DeletionId == deletion).ToListAsync(ct)) record.Restore();
    }
}
