using Crm.Contracts.Failures;
using Crm.Contracts.Members;
using Crm.Contracts.Pipelines;
using Crm.Contracts.Workflows;
using Crm.Services.Audit;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

public sealed partial class WorkflowService
{
    /// <summary>That what is new in a workflow is there: members, stages and webhooks.</summary>
    private async Task CheckReferencesAsync(WorkflowFields? was, WorkflowFields fields, CancellationToken ct)
    {
        var users = NewOf(was, fields, "userId", action => action.UserId);
        var ids = users.ConvertAll(one => one.Value);
        var active = ids.Count == 0 ? [] : await db.Members.Where(m => ids.Contains(m.UserId)).ToDictionaryAsync(m => m.UserId, m => m.Active, ct);
        foreach (var (pointer, id) in users)
        {
            if (!active.TryGetValue(id, out var isActive)) throw CrmException.UnknownReference(pointer, "member", id);
            if (!isActive) throw References.Inactive(pointer, id);
        }

        await CheckStagesAsync(was, fields, ct);
        CheckCalls(was, fields);
        foreach (var (pointer, text) in NewOf(was, fields, "webhookId", action => action.WebhookId?.ToString()))
        {
            var id = Guid.Parse(text);
            if (!await db.Webhooks.AnyAsync(w => w.Id == id, ct)) throw CrmException.UnknownReference(pointer, "webhook", id);
        }
    }

    /// <summary>That who changes what webhooks are sent, by which action or for which records, may do so.</summary>
    private void CheckCalls(WorkflowFields? was, WorkflowFields fields)
    {
        var call = fields.Actions.ToList().FindIndex(action => action.WebhookId is not null);
        if (call < 0 || caller.Role >= Role.Admin || (was is not null && Differences.Between(was with { Name = fields.Name, Description = fields.Description }, fields).Count == 0)) return;
        throw new CrmException(FailureKind.Forbidden, FailureCodes.RoleForbidden, $"/actions/{call}/webhookId has a webhook called, and what webhooks are sent takes the role ADMIN.");
    }

    /// <summary>That the stages are there, and that a reason is given for those of lost deals alone.</summary>
    private async Task CheckStagesAsync(WorkflowFields? was, WorkflowFields fields, CancellationToken ct)
    {
        var come = NewOf(was, fields, "stage", action => action.Stage).ConvertAll(one => one.Value);
        for (var i = 0; i < fields.Actions.Count; i++)
        {
            if (fields.Actions[i] is not { Stage: { } key } action || (was is not null && !come.Contains(key) && was.Actions.Any(one => one.Stage == key && one.LostReason == action.LostReason))) continue;
            var kinds = await db.Stages.Where(s => s.Key == key).Select(s => s.Kind).Distinct().ToListAsync(ct);
            if (kinds.Count == 0) throw CrmException.UnknownReference($"/actions/{i}/stage", "stage", key);
            if (action.LostReason is null && kinds.TrueForAll(kind => kind == StageKind.Lost)) throw CrmException.Invalid($"/actions/{i}/lostReason", "is required for a stage of lost deals");
            if (action.LostReason is not null && !kinds.Contains(StageKind.Lost)) throw CrmException.Invalid($"/actions/{i}/lostReason", "is for stages of lost deals only");
        }
    }

    private static List<(string Pointer, string Value)> NewOf(WorkflowFields? was, WorkflowFields fields, string member, Func<WorkflowActionFields, string?> value)
    {
        var known = was?.Actions.Select(value).ToHashSet(StringComparer.Ordinal) ?? [];
        return [.. fields.Actions.Select((action, i) => (Pointer: $"/actions/{i}/{member}", Value: value(action))).Where(one => one.Value is not null && !known.Contains(one.Value)).Select(one => (one.Pointer, one.Value!))];
    }
}
