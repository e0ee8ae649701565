using Crm.Contracts;
using Crm.Contracts.Deals;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Contracts.Tasks;
using Crm.Contracts.Validation;
using Crm.Contracts.Workflows;
using Crm.Database;
using Crm.Services.Audit;
using Crm.Services.Deals;
using Crm.Services.Leads;
using Crm.Services.Records;
using Crm.Services.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>Does in the caller's transaction what a step says, by the rules that everybody's writes obey.</summary>
internal sealed class WorkflowActions(CrmDbContext db, LeadService leads, DealService deals, TaskService tasks, References references)
{
    /// <returns>The task that was made; null for anything else.</returns>
    /// <exception cref="CrmException">It can't be done to the record as it is.</exception>
    public async Task<Guid?> DoAsync(string noun, Guid id, WorkflowStepView step, CancellationToken ct)
    {
        switch (step.Type)
        {
            case WorkflowActionType.CreateTask:
                return await CreateTaskAsync(noun, id, step, ct);
            case WorkflowActionType.Assign:
                await AssignAsync(noun, id, step.UserId!, ct);
                break;
            case WorkflowActionType.SetFields when noun == "lead":
                await leads.ChangeAsync(id, FieldChanges.Of<LeadFields>(step.Fields!.Value), null, ct);
                break;
            case WorkflowActionType.SetFields when noun == "deal":
                await deals.ChangeAsync(id, FieldChanges.Of<DealFields>(step.Fields!.Value), null, ct);
                break;
            case WorkflowActionType.SetFields:
                await tasks.ChangeAsync(id, FieldChanges.Of<TaskFields>(step.Fields!.Value), null, ct);
                break;
            case WorkflowActionType.MoveStage:
                await deals.MoveToStageAsync(id, new MoveDeal { Stage = step.Stage!, LostReason = step.LostReason }, null, ct);
                break;
            case WorkflowActionType.AddTag:
                await AddTagAsync(noun, id, step.Tag!, ct);
                break;
            case WorkflowActionType.Notify:
                await references.MemberAsync("userId", null, step.UserId, ct);
                db.Audit(EventTypes.WorkflowNotified, WorkflowHistory.CollectionOf(noun), $"{id}", Differences.Between(null, new { UserId = step.UserId, Text = step.Text }));
                await db.SaveChangesAsync(ct);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Type, null);
        }

        return null;
    }

    private async Task<Guid?> CreateTaskAsync(string noun, Guid id, WorkflowStepView step, CancellationToken ct)
    {
        var (lead, deal) = noun switch
        {
            "lead" => (id, null),
            "deal" => (null, id),
            "task" => await db.Tasks.Where(t => t.Id == id).Select(t => new ValueTuple<Guid?, Guid?>(t.LeadId, t.DealId)).SingleAsync(ct),
            _ => await db.Activities.Where(a => a.Id == id).Select(a => new ValueTuple<Guid?, Guid?>(a.LeadId, a.DealId)).SingleAsync(ct),
        };
        var fields = new TaskFields { Title = step.Text!, Type = step.TaskType!.Value, Priority = step.Priority!.Value, AssigneeId = step.UserId, DueAt = step.At, LeadId = lead, DealId = deal };
        return (await tasks.CreateAsync(fields, ct)).Id;
    }

    private async Task AssignAsync(string noun, Guid id, string userId, CancellationToken ct)
    {
        if (noun == "lead") await leads.ChangeAsync(id, Only(new LeadFields { LastName = "", OwnerId = userId }, nameof(LeadFields.OwnerId)), null, ct);
        else if (noun == "deal") await deals.ChangeAsync(id, Only(new DealFields { Name = "", OwnerId = userId }, nameof(DealFields.OwnerId)), null, ct);
        else await tasks.ChangeAsync(id, Only(new TaskFields { Title = "", AssigneeId = userId }, nameof(TaskFields.AssigneeId)), null, ct);
    }

    private async Task AddTagAsync(string noun, Guid id, string tag, CancellationToken ct)
    {
        // The version that was read, so that what somebody else tags meanwhile isn't lost.
        if (noun == "lead")
        {
            var (tags, version) = await db.Leads.Where(l => l.Id == id).Select(l => new ValueTuple<List<string>, int>(l.Tags, l.Version)).SingleAsync(ct);
            await leads.ChangeAsync(id, Only(new LeadFields { LastName = "", Tags = With(tags, tag) }, nameof(LeadFields.Tags)), version, ct);
        }
        else
        {
            var (tags, version) = await db.Deals.Where(d => d.Id == id).Select(d => new ValueTuple<List<string>, int>(d.Tags, d.Version)).SingleAsync(ct);
            await deals.ChangeAsync(id, Only(new DealFields { Name = "", Tags = With(tags, tag) }, nameof(DealFields.Tags)), version, ct);
        }
    }

    private static List<string> With(List<string> tags, string tag)
    {
        if (tags.Contains(tag, StringComparer.OrdinalIgnoreCase)) return tags;
        return tags.Count < TagsAttribute.MaxCount ? [.. tags, tag] : throw CrmException.InvalidTransition($"It has {TagsAttribute.MaxCount} tags already.");
    }

    private static Changes<T> Only<T>(T values, string given) where T : class => new(values, new HashSet<string>(StringComparer.Ordinal) { given });
}
