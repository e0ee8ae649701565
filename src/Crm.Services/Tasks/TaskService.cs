using Crm.Contracts;
using Crm.Contracts.Failures;
using Crm.Contracts.Tasks;
using Crm.Database;
using Crm.Database.Records;
using Crm.Database.Tasks;
using Crm.Database.Tenancy;
using Crm.Services.Records;
using Crm.Services.Search;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Tasks;

/// <summary>Things to do, for a lead, a deal or on their own.</summary>
public sealed partial class TaskService(CrmDbContext db, Caller caller, References references, SearchIndex search, TimeProvider clock)
{
    /// <exception cref="CrmException">422 for an assignee, lead or deal that doesn't exist.</exception>
    public Task<TaskView> CreateAsync(TaskFields fields, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            fields = fields with { AssigneeId = caller.Resolve(fields.AssigneeId) };
            await CheckAsync(new TaskFields { Title = fields.Title, AssigneeId = null }, fields, ct);
            var task = CrmTask.Create(fields, db.Stamp());
            db.Add(task);
            await db.SaveChangesAsync(ct);
            return View(task);
        },
        ct);

    public async Task<TaskView?> FindAsync(Guid id, CancellationToken ct) =>
        (await db.Tasks.AsNoTracking().Where(t => t.Id == id).Select(TaskViews.Projection).SingleOrDefaultAsync(ct))?.At(clock.GetUtcNow());

    /// <exception cref="CrmException">403 for handing over another's task; 404; 412 where <paramref name="ifMatch"/> is stale; 422 for an assignee, lead or deal that doesn't exist.</exception>
    public Task<TaskView> ChangeAsync(Guid id, Changes<TaskFields> change, int? ifMatch, CancellationToken ct) => WriteAsync(
        id, ifMatch,
        async task =>
        {
            var was = task.Fields();
            var fields = change.ApplyTo(task.Fields());
            fields = fields with { AssigneeId = caller.Resolve(fields.AssigneeId) };
            if (fields.AssigneeId != was.AssigneeId) caller.MayReassign("task", was.AssigneeId);
            await CheckAsync(was, fields, ct);
            task.Change(fields);
        },
        ct);

    /// <summary>Completes a task; a completed one stays as it is, and nothing happens twice.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task<TaskView> CompleteAsync(Guid id, int? ifMatch, CancellationToken ct) => WriteAsync(id, ifMatch, task => task.Complete(db.Stamp()), ct);

    /// <summary>Makes a completed task one to do; one that is to do stays as it is.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task<TaskView> ReopenAsync(Guid id, int? ifMatch, CancellationToken ct) => WriteAsync(id, ifMatch, task => task.Reopen(), ct);

    /// <summary>Deletes a task, with the activities that belong to nothing else.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifMatch, CancellationToken ct) => db.ChangeAsync(
        db.Tasks.ForUpdate(), id, "task", ifMatch,
        async task =>
        {
            var activities = await db.Activities.Where(a => a.TaskId == id && a.LeadId == null && a.DealId == null).ToListAsync(ct);
            Deletion.Delete([task, .. activities], db.Stamp().At);
        },
        ct);

    /// <summary>Brings a deleted task back with what went with it; one that isn't deleted stays as it is.</summary>
    /// <exception cref="CrmException">404; 409 while its lead or deal is deleted; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<TaskView> RestoreAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        var task = await db.ChangeAsync(
            db.Tasks.WithDeleted().ForUpdate(), id, "task", ifMatch,
            async task =>
            {
                if (task.DeletedAt is null) return;
                await Deletion.RequireAsync(db.Leads.ForShare(), "lead", task.LeadId, ct);
                if (task.LeadId is null) await Deletion.RequireAsync(db.Deals.ForShare(), "deal", task.DealId, ct);
                await Deletion.RestoreAsync(db, task, ct);
            },
            ct);
        return View(task);
    }

    private Task<TaskView> WriteAsync(Guid id, int? ifMatch, Action<CrmTask> change, CancellationToken ct) => WriteAsync(
        id, ifMatch,
        task =>
        {
            change(task);
            return Task.CompletedTask;
        },
        ct);

    private async Task<TaskView> WriteAsync(Guid id, int? ifMatch, Func<CrmTask, Task> change, CancellationToken ct) =>
        View(await db.ChangeAsync(db.Tasks, id, "task", ifMatch, change, ct));

    private TaskView View(CrmTask task) => TaskViews.Of(task).At(clock.GetUtcNow());

    private async Task CheckAsync(TaskFields was, TaskFields fields, CancellationToken ct)
    {
        await references.MemberAsync("assigneeId", was.AssigneeId, fields.AssigneeId, ct);
        await references.LeadAsync(was.LeadId, fields.LeadId, ct);
        await references.DealAsync(was.DealId, fields.DealId, ct);
    }
}
