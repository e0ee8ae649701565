using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Workflows;
using Crm.Database.Tenancy;

namespace Crm.Database.Workflows;

/// <summary>A workflow's draft, and which of its versions runs.</summary>
public sealed class Workflow : ITenantOwned
{
    private Workflow()
    {
    }

    public Workflow(WorkflowFields draft, Stamp stamp)
    {
        (TenantId, Id, Draft) = (stamp.TenantId, Guid.CreateVersion7(stamp.At), Json(draft));
        (CreatedAt, CreatedBy, UpdatedAt, UpdatedBy, Version) = (stamp.At, stamp.By, stamp.At, stamp.By, 1);
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }

    /// <summary>As JSON.</summary>
    public string Draft { get; private set; } = "";

    /// <summary>How many versions there are; 0 for none.</summary>
    public int LatestVersion { get; private set; }

    /// <summary>Whether the draft is what the newest version is.</summary>
    public bool IsLatest { get; private set; }

    public int? ActiveVersion { get; private set; }
    public DateTimeOffset? ActiveSince { get; private set; }

    /// <summary>Until when the clock has begun what it is to begin; null for what events begin, and while none runs.</summary>
    public DateTimeOffset? LookedAt { get; private set; }

    /// <summary>When the clock looks again.</summary>
    public DateTimeOffset? NextAt { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }
    public string CreatedBy { get; private set; } = "";
    public DateTimeOffset UpdatedAt { get; private set; }
    public string UpdatedBy { get; private set; } = "";
    public int Version { get; private set; }

    public WorkflowFields Fields() => Read(Draft);

    public static WorkflowFields Read(string json) => JsonSerializer.Deserialize<WorkflowFields>(json, CrmJson.Options)!;

    /// <param name="draft">What it is to be.</param>
    /// <param name="latest">What the newest version is; null where there is none.</param>
    /// <param name="stamp">By whom and when.</param>
    /// <returns>Whether anything is different now.</returns>
    public bool Change(WorkflowFields draft, WorkflowVersion? latest, Stamp stamp)
    {
        var json = Json(draft);
        if (json == Draft) return false;
        (Draft, IsLatest) = (json, json == latest?.Definition);
        Touch(stamp);
        return true;
    }

    /// <summary>Has the draft run as it is.</summary>
    /// <param name="next">When the clock looks first; null for what events begin.</param>
    /// <param name="keepsTrigger">Whether it begins with what the version that runs begins with, which then isn't missed in between.</param>
    /// <param name="stamp">By whom and when.</param>
    /// <returns>A new version of it; null where its newest is the same.</returns>
    public WorkflowVersion? Activate(DateTimeOffset? next, bool keepsTrigger, Stamp stamp)
    {
        if (IsLatest && ActiveVersion == LatestVersion) return null;
        var version = IsLatest ? null : new WorkflowVersion { TenantId = TenantId, WorkflowId = Id, Number = ++LatestVersion, Definition = Draft, CreatedAt = stamp.At, CreatedBy = stamp.By };
        (ActiveVersion, IsLatest) = (LatestVersion, true);
        if (!keepsTrigger) (ActiveSince, LookedAt, NextAt) = (stamp.At, next is null ? null : stamp.At, next);
        Touch(stamp);
        return version;
    }

    /// <returns>False where none runs.</returns>
    public bool Deactivate(Stamp stamp)
    {
        if (ActiveVersion is null) return false;
        (ActiveVersion, ActiveSince, LookedAt, NextAt) = (null, null, null, null);
        Touch(stamp);
        return true;
    }

    /// <summary>The clock has begun what it was to begin.</summary>
    /// <param name="until">Until when.</param>
    /// <param name="next">When it looks again.</param>
    public void Look(DateTimeOffset until, DateTimeOffset next) => (LookedAt, NextAt) = (until, next);

    private void Touch(Stamp stamp) => (UpdatedAt, UpdatedBy, Version) = (stamp.At, stamp.By, Version + 1);

    private static string Json(WorkflowFields fields) => JsonSerializer.Serialize(fields, CrmJson.Options);
}

/// <summary>A workflow as it ran or runs; it never changes.</summary>
public sealed class WorkflowVersion : ITenantOwned
{
    public required Guid TenantId { get; init; }
    public required Guid WorkflowId { get; init; }

    /// <summary>From 1 on.</summary>
    public required int Number { get; init; }

    /// <summary>As JSON.</summary>
    public required string Definition { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
}
