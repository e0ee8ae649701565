using Crm.Database;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>A version of a workflow that runs.</summary>
/// <param name="Id">The workflow's.</param>
/// <param name="Version">Its number.</param>
/// <param name="Since">What happened before begins no run.</param>
/// <param name="Definition">What it is.</param>
internal sealed record ActiveWorkflow(Guid Id, int Version, DateTimeOffset Since, WorkflowDefinition Definition);

internal static class ActiveWorkflows
{
    /// <summary>Those of the tenant that events begin, the oldest first.</summary>
    public static async Task<IReadOnlyList<ActiveWorkflow>> ActiveAsync(this CrmDbContext db, CancellationToken ct)
    {
        var rows = await db.Workflows.AsNoTracking().Where(w => w.ActiveVersion != null && w.NextAt == null)
            .Join(db.WorkflowVersions, w => new { w.TenantId, WorkflowId = w.Id, Number = w.ActiveVersion!.Value }, v => new { v.TenantId, v.WorkflowId, v.Number }, (w, v) => new { w.Id, v.Number, w.ActiveSince, v.Definition })
            .OrderBy(row => row.Id).ToListAsync(ct);
        return rows.ConvertAll(row => new ActiveWorkflow(row.Id, row.Number, row.ActiveSince!.Value, WorkflowDefinition.Read(row.Definition)));
    }
}
