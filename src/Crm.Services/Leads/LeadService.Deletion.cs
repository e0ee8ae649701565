using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Database.Leads;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Leads;

public sealed partial class LeadService
{
    private const int MostNamed = 20;

    /// <summary>Deletes a lead with its tasks and activities, so that they can be restored together.</summary>
    /// <exception cref="CrmException">404; 409 while deals of it are open, naming them; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifMatch, CancellationToken ct) => db.ChangeAsync(
        db.Leads.ForUpdate(), id, "lead", ifMatch,
        async lead =>
        {
            lead.RefuseWhilePending();
            await RefuseWithOpenDealsAsync(id, ct);
            var tasks = await db.Tasks.Where(t => t.LeadId == id).ForUpdate().ToListAsync(ct);
            var taskIds = tasks.ConvertAll(t => (Guid?)t.Id);
            var activities = await db.Activities
                .Where(a => a.LeadId == id || (a.LeadId == null && a.DealId == null && taskIds.Contains(a.TaskId))).ToListAsync(ct);
            Deletion.Delete([lead, .. tasks, .. activities], db.Stamp().At);
        },
        ct);

    /// <summary>Brings a deleted lead back with what went with it; one that isn't deleted stays as it is.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<LeadView> RestoreAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        var lead = await db.ChangeAsync(db.Leads.WithDeleted().ForUpdate(), id, "lead", ifMatch, lead => Deletion.RestoreAsync(db, lead, ct), ct);
        return LeadViews.Of(lead);
    }

    private async Task RefuseWithOpenDealsAsync(Guid id, CancellationToken ct)
    {
        var open = await db.Deals.Where(d => d.LeadId == id && d.ClosedAt == null)
            .OrderBy(d => d.Id).Take(MostNamed).Select(d => new { d.Id, d.Name }).ToListAsync(ct);
        if (open.Count == 0) return;
        var names = string.Join(", ", open.Select(deal => $"\"{deal.Name}\""));
        throw new CrmException(FailureKind.Conflict, FailureCodes.OpenDeals, $"The lead has open deals: {names}. Close or delete them first.")
        {
            Extensions = new Dictionary<string, object>(StringComparer.Ordinal) { ["deals"] = open },
        };
    }
}
