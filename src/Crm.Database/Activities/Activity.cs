using Crm.Contracts.Activities;
using Crm.Contracts.Failures;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Crm.Database.Activities;

public sealed class Activity : Record, ISearchable
{
    private Activity()
    {
    }

    private Activity(Stamp stamp) : base(stamp) => (UserId, OccurredAt) = (stamp.By, stamp.At);

    public ActivityType Type { get; private set; }
    public string Subject { get; private set; } = "";
    public string? Body { get; private set; }
    public DateTimeOffset OccurredAt { get; private set; }
    public int? DurationMinutes { get; private set; }
    public ActivityDirection? Direction { get; private set; }
    public Guid? LeadId { get; private set; }
    public Guid? DealId { get; private set; }
    public Guid? TaskId { get; private set; }
    public string UserId { get; private set; } = "";

    public string SearchTitle { get; private set; } = "";
    public string SearchText { get; private set; } = "";

    public override string Noun => "activity";
    public override string Collection => "activities";

    public static Activity Log(ActivityFields fields, Stamp stamp)
    {
        var activity = new Activity(stamp);
        activity.Write(fields, stamp.At);
        activity.Raise("logged");
        return activity;
    }

    public void Change(ActivityFields fields, DateTimeOffset now) => Write(fields, now);

    /// <summary>What a caller could have written to make the activity what it is.</summary>
    public ActivityFields Fields() => new()
    {
        Type = Type,
        Subject = Subject,
        Body = Body,
        OccurredAt = OccurredAt,
        DurationMinutes = DurationMinutes,
        Direction = Direction,
        LeadId = LeadId,
        DealId = DealId,
        TaskId = TaskId,
    };

    public override object ToView(DateTimeOffset at) => ActivityViews.Of(this);

    internal override void RefreshKeys() => RefreshSearch();

    public void RefreshSearch() => (SearchTitle, SearchText) = (Search.SearchText.Of([Subject]), Search.SearchText.Of([Subject, Body]));

    internal override object? Snapshot(IReadOnlySet<string> changed, PropertyValues? before) => ActivitySnapshot.Members.Overlaps(changed) ? new ActivitySnapshot(this) : null;

    private void Write(ActivityFields fields, DateTimeOffset now)
    {
        if (fields.OccurredAt > now) throw CrmException.Invalid("/occurredAt", "must not be in the future");
        if ((fields.LeadId ?? fields.DealId ?? fields.TaskId) is null)
        {
            throw CrmException.Invalid("/leadId", "is required where neither dealId nor taskId is given: an activity belongs to at least one of them");
        }

        (Type, Subject, Body) = (fields.Type!.Value, fields.Subject, fields.Body);
        OccurredAt = fields.OccurredAt ?? OccurredAt;
        (DurationMinutes, Direction) = (fields.DurationMinutes, fields.Direction);
        (LeadId, DealId, TaskId) = (fields.LeadId, fields.DealId, fields.TaskId);
    }
}
