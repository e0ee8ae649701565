using System.Text.Json;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Json;
using Crm.Database.Tenancy;
using Crm.Database.Text;

namespace Crm.Database.Dashboards;

/// <summary>A named set of reports, and when it is delivered by itself.</summary>
public sealed class Dashboard : ITenantOwned
{
    private Dashboard()
    {
    }

    /// <param name="fields">What it is, with its owner and a key for each report.</param>
    /// <param name="nextAt">When it is due first; null without a schedule.</param>
    /// <param name="stamp">By whom and when.</param>
    public Dashboard(DashboardFields fields, DateTimeOffset? nextAt, Stamp stamp)
    {
        (TenantId, Id) = (stamp.TenantId, Guid.CreateVersion7(stamp.At));
        (CreatedAt, CreatedBy, UpdatedAt, UpdatedBy, Version) = (stamp.At, stamp.By, stamp.At, stamp.By, 1);
        Write(fields);
        NextAt = nextAt;
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public string Name { get; private set; } = "";
    public string NameKey { get; private set; } = "";
    public string SearchText { get; private set; } = "";
    public bool IsShared { get; private set; }
    public string OwnerId { get; private set; } = "";

    /// <summary>As JSON.</summary>
    public string Reports { get; private set; } = "";

    /// <summary>As JSON; null for none.</summary>
    public string? Schedule { get; private set; }

    /// <summary>When it is due next; null where it has no schedule, or one that has stopped.</summary>
    public DateTimeOffset? NextAt { get; private set; }

    public DateTimeOffset? StoppedAt { get; private set; }
    public ScheduleStopReason? StoppedReason { get; private set; }

    /// <summary>How many events have told of it.</summary>
    public int Told { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }
    public string CreatedBy { get; private set; } = "";
    public DateTimeOffset UpdatedAt { get; private set; }
    public string UpdatedBy { get; private set; } = "";
    public int Version { get; private set; }

    public IReadOnlyList<DashboardReportFields> ReadReports() => JsonSerializer.Deserialize<List<DashboardReportFields>>(Reports, CrmJson.Options)!;

    public ScheduleFields? ReadSchedule() => Schedule is null ? null : JsonSerializer.Deserialize<ScheduleFields>(Schedule, CrmJson.Options);

    /// <summary>What a caller could have written to make it what it is.</summary>
    public DashboardFields Fields() => new() { Name = Name, IsShared = IsShared, OwnerId = OwnerId, Reports = ReadReports(), Schedule = ReadSchedule() };

    /// <returns>Whether anything differs.</returns>
    public bool Change(DashboardFields fields, Stamp stamp)
    {
        var was = (Name, IsShared, OwnerId, Reports, Schedule);
        Write(fields);
        if (was == (Name, IsShared, OwnerId, Reports, Schedule)) return false;
        Touch(stamp);
        return true;
    }

    /// <summary>Lets it be due at a time from now on, also where it had stopped; null for never.</summary>
    public void Start(DateTimeOffset? nextAt) => (NextAt, StoppedAt, StoppedReason) = (nextAt, null, null);

    /// <summary>It was delivered for a due time, and is due again at the next.</summary>
    public void Advance(DateTimeOffset nextAt) => NextAt = nextAt;

    /// <summary>It isn't delivered any more, until its schedule is given anew.</summary>
    public void Stop(ScheduleStopReason reason, DateTimeOffset at) => (NextAt, StoppedAt, StoppedReason) = (null, at, reason);

    /// <summary>Counts another event that tells of it.</summary>
    public int Tell() => ++Told;

    private void Write(DashboardFields fields)
    {
        (Name, NameKey, SearchText) = (fields.Name, fields.Name.ToLowerInvariant(), Folding.Document(fields.Name));
        (IsShared, OwnerId, Reports) = (fields.IsShared, fields.OwnerId!, JsonSerializer.Serialize(fields.Reports, CrmJson.Options));
        Schedule = fields.Schedule is { } schedule ? JsonSerializer.Serialize(schedule, CrmJson.Options) : null;
    }

    private void Touch(Stamp stamp) => (UpdatedAt, UpdatedBy, Version) = (stamp.At, stamp.By, Version + 1);
}
