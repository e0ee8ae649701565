using Crm.Contracts.Tasks;
using Crm.Database.Alarms;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Crm.Database.Text;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Crm.Database.Tasks;

public sealed partial class CrmTask : Record, IAlarmed, ISearchable
{
    private CrmTask()
    {
    }

    private CrmTask(Stamp stamp) : base(stamp)
    {
    }

    public string Title { get; private set; } = "";
    public string? Description { get; private set; }
    public TaskType Type { get; private set; }
    public TaskPriority Priority { get; private set; }
    public DateTimeOffset? DueAt { get; private set; }
    public DateTimeOffset? RemindAt { get; private set; }
    public string? AssigneeId { get; private set; }
    public Guid? LeadId { get; private set; }
    public Guid? DealId { get; private set; }
    public DateTimeOffset? CompletedAt { get; private set; }
    public string? CompletedBy { get; private set; }

    public string TitleKey { get; private set; } = "";
    public int PriorityOrder { get; private set; }
    public DateTimeOffset DueOrder { get; private set; }
    public string SearchTitle { get; private set; } = "";
    public string SearchText { get; private set; } = "";

    public override string Noun => "task";
    public override string Collection => "tasks";

    public static CrmTask Create(TaskFields fields, Stamp stamp)
    {
        var task = new CrmTask(stamp);
        task.Write(fields);
        task.Raise("created");
        return task;
    }

    public void Change(TaskFields fields)
    {
        var assignee = AssigneeId;
        Write(fields);
        if (AssigneeId != assignee) Raise("assigned", "assigneeId");
    }

    /// <summary>A completed task stays as it was completed first.</summary>
    public void Complete(Stamp stamp)
    {
        if (CompletedAt is not null) return;
        (CompletedAt, CompletedBy) = (stamp.At, stamp.By);
        Raise("completed", "completedAt", "completedBy");
    }

    public void Reopen()
    {
        if (CompletedAt is null) return;
        (CompletedAt, CompletedBy) = (null, null);
        Raise("reopened", "completedAt", "completedBy");
    }

    /// <summary>What a caller could have written to make the task what it is.</summary>
    public TaskFields Fields() => new()
    {
        Title = Title,
        Description = Description,
        Type = Type,
        Priority = Priority,
        DueAt = DueAt,
        RemindAt = RemindAt,
        AssigneeId = AssigneeId,
        LeadId = LeadId,
        DealId = DealId,
    };

    public override object ToView(DateTimeOffset at)
    {
        var view = TaskViews.Of(this).At(at);
        return WasToldDue ? view with { IsOverdue = true } : view; // though by this machine's clock it isn't yet
    }

    internal override void RefreshKeys()
    {
        TitleKey = Folding.Key(Title);
        (PriorityOrder, DueOrder) = ((int)Priority, DueAt ?? Missing.Instant);
        RefreshSearch();
        SetAlarm();
    }

    public void RefreshSearch() => (SearchTitle, SearchText) = (Search.SearchText.Of([Title]), Search.SearchText.Of([Title, Description]));

    internal override object? Snapshot(IReadOnlySet<string> changed, PropertyValues? before) => TaskSnapshot.Members.Overlaps(changed) ? new TaskSnapshot(this) : null;

    private void Write(TaskFields fields)
    {
        (Title, Description) = (fields.Title, fields.Description);
        (Type, Priority) = (fields.Type, fields.Priority);
        (DueAt, RemindAt, AssigneeId) = (fields.DueAt, fields.RemindAt, fields.AssigneeId);
        (LeadId, DealId) = (fields.LeadId, fields.DealId);
    }
}
