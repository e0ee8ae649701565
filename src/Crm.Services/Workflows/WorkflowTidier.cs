using Crm.Services.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Workflows;

/// <summary>Deletes runs 90 days after their end. Those of workflows that run once for a record stay: they are what keeps it from running again.</summary>
public sealed class WorkflowTidier(IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>How old an event may be that begins a run: so much less than runs are kept that each is there as long as its event could be told again.</summary>
    internal static readonly TimeSpan Oldest = TimeSpan.FromDays(60);

    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <returns>How many were deleted.</returns>
    public Task<int> TidyAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Kept;
        return scopes.TidyAsync(db => db.TenantsWithOldRuns(before), db => db.DeleteAsync(db.WorkflowRuns.Where(r => r.EndedAt != null && r.Key != r.RecordId && r.EndedAt < before), r => r.EndedAt, ct), ct);
    }
}
