using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Records;

/// <summary>
/// Sees that what a record is about to refer to is there, and keeps it there until the transaction ends: a parent that is being
/// deleted can't be given a child meanwhile.
/// </summary>
public sealed class References(CrmDbContext db)
{
    internal async Task MemberAsync(string member, string? was, string? id, CancellationToken ct)
    {
        if (id is null || id == was) return;
        var isActive = await db.Members.Where(m => m.UserId == id).Select(m => (bool?)m.Active).SingleOrDefaultAsync(ct);
        if (isActive is null) throw CrmException.UnknownReference($"/{member}", "member", id);
        if (isActive == false) throw Inactive($"/{member}", id);
    }

    /// <summary>The same of several, in one question.</summary>
    internal async Task MembersAsync(string members, IReadOnlyList<string> were, IReadOnlyList<string> ids, CancellationToken ct)
    {
        var come = ids.Except(were, StringComparer.Ordinal).ToList();
        var known = come.Count == 0 ? [] : await db.Members.Where(m => come.Contains(m.UserId)).ToDictionaryAsync(m => m.UserId, m => m.Active, StringComparer.Ordinal, ct);
        for (var i = 0; i < ids.Count; i++)
        {
            if (!come.Contains(ids[i])) continue;
            if (!known.TryGetValue(ids[i], out var isActive)) throw CrmException.UnknownReference($"/{members}/{i}", "member", ids[i]);
            if (!isActive) throw Inactive($"/{members}/{i}", ids[i]);
        }
    }

    internal Task LeadAsync(Guid? was, Guid? id, CancellationToken ct) => RecordAsync(db.Leads, "/leadId", "lead", was, id, ct);

    /// <summary>The customer that the lead has become; null where it hasn't. It doesn't become one until the transaction ends.</summary>
    internal Task<string?> CustomerAsync(Guid? leadId, CancellationToken ct) =>
        leadId is null ? Task.FromResult<string?>(null) : db.Leads.WithUnseen().WithDeleted().Where(l => l.Id == leadId).ForShare().Select(l => l.CustomerId).SingleOrDefaultAsync(ct);

    internal Task DealAsync(Guid? was, Guid? id, CancellationToken ct) => RecordAsync(db.Deals, "/dealId", "deal", was, id, ct);

    internal Task TaskAsync(Guid? was, Guid? id, CancellationToken ct) => RecordAsync(db.Tasks, "/taskId", "task", was, id, ct);

    private static async Task RecordAsync<T>(IQueryable<T> records, string pointer, string noun, Guid? was, Guid? id, CancellationToken ct) where T : Record
    {
        if (id is null || id == was) return;
        var found = await records.Where(r => r.Id == id).ForShare().Select(r => r.Id).ToListAsync(ct);
        if (found.Count == 0) throw CrmException.UnknownReference(pointer, noun, id);
    }

    internal static CrmException Inactive(string pointer, string id) =>
        new(FailureKind.Unprocessable, FailureCodes.UnknownReference, $"The member {id} is deactivated, so that nothing new can be given to them. Choose another, or let an admin activate them again.")
        { Errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { [pointer] = ["refers to a member who is deactivated"] } };
}
