using System.Linq.Expressions;
using Crm.Contracts.Tasks;

namespace Crm.Database.Tasks;

public static class TaskViews
{
    /// <summary>Without <see cref="TaskView.IsOverdue"/>, which depends on the reader's instant.</summary>
    public static readonly Expression<Func<CrmTask, TaskView>> Projection = task => new TaskView
    {
        Id = task.Id,
        Title = task.Title,
        Description = task.Description,
        Type = task.Type,
        Priority = task.Priority,
        DueAt = task.DueAt,
        RemindAt = task.RemindAt,
        AssigneeId = task.AssigneeId,
        LeadId = task.LeadId,
        DealId = task.DealId,
        CompletedAt = task.CompletedAt,
        CompletedBy = task.CompletedBy,
        CreatedAt = task.CreatedAt,
        CreatedBy = task.CreatedBy,
        UpdatedAt = task.UpdatedAt,
        UpdatedBy = task.UpdatedBy,
        Version = task.Version,
    };

    public static readonly Func<CrmTask, TaskView> Of = Projection.Compile();
}
