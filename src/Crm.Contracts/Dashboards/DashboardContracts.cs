using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Crm.Contracts.Lists;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Dashboards;

/// <summary>What a user writes of a dashboard.</summary>
public sealed record DashboardFields
{
    [Required, StringLength(120)] public required string Name { get; init; }

    /// <summary>Whether everybody in the tenant sees it, each with the figures that they may see; else only its owner does.</summary>
    public bool IsShared { get; init; }

    /// <summary>The id of the member whose it is; by default the caller, which <c>me</c> also stands for. Giving it to another takes a manager.</summary>
    [KeptWhenAbsent, StringLength(128)] public string? OwnerId { get; init; }

    /// <summary>From 1 to 20, in the order in which they are shown.</summary>
    [Required, MinLength(1), MaxLength(20)] public required IReadOnlyList<DashboardReportFields> Reports { get; init; }

    /// <summary>When it is delivered by itself, and to whom; null for never. It is given as a whole.</summary>
    public ScheduleFields? Schedule { get; init; }
}

/// <summary>A report with the parameters that it is asked for with.</summary>
public sealed record DashboardReportFields
{
    /// <summary>What it is called in its path, and no other of the dashboard; by default the report's name, with a number where that is taken.</summary>
    [ReportKey] public string? Key { get; init; }

    /// <summary>What it is called for people to read.</summary>
    [Required, StringLength(120)] public required string Name { get; init; }

    /// <summary>Which report, by the last part of its path: <c>forecast</c> for <c>/api/analytics/forecast</c>.</summary>
    [Required, StringLength(50)] public required string Report { get; init; }

    /// <summary>
    /// The report's own query parameters, but for <c>asOf</c> and <c>format</c>; several values as an array. A report over a period also takes <c>period</c> in the place of
    /// <c>from</c> and <c>to</c>: days that are reckoned from today, such as <c>last-month</c>. <c>ownerId=me</c> is whoever looks, and in a delivery the owner.
    /// </summary>
    [ReportParameters] public JsonElement? Parameters { get; init; }
}

/// <summary>A named set of reports.</summary>
public sealed record DashboardView : IVersioned, IIdentified
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>Whether everybody in the tenant sees it; else only its owner does.</summary>
    public required bool IsShared { get; init; }

    /// <summary>The id of the member whose it is. What is delivered is what this member may see.</summary>
    public required string OwnerId { get; init; }

    /// <summary>In the order in which they are shown.</summary>
    public required IReadOnlyList<DashboardReportView> Reports { get; init; }

    /// <summary>When it is delivered by itself; null for never.</summary>
    public required ScheduleView? Schedule { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id of the user who made it.</summary>
    public required string CreatedBy { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The id of the user who changed it last.</summary>
    public required string UpdatedBy { get; init; }

    public required int Version { get; init; }

    /// <summary>The version, and what is due, which makes no version.</summary>
    string IVersioned.Tag => Schedule is null ? $"{Version}" : $"{Version}-{Schedule.NextAt?.UtcTicks ?? 0}";
}

/// <summary>A report with the parameters that it is asked for with.</summary>
public sealed record DashboardReportView
{
    /// <summary>What it is called in its path.</summary>
    public required string Key { get; init; }

    /// <summary>What it is called for people to read.</summary>
    public required string Name { get; init; }

    /// <summary>Which report, by the last part of its path.</summary>
    public required string Report { get; init; }

    /// <summary>The report's query parameters, with <c>period</c> as it was written.</summary>
    public required JsonElement Parameters { get; init; }
}

/// <summary>Which dashboards, in which order.</summary>
[Sortable("name", "name", "createdAt")]
public sealed record DashboardQuery : ListQuery
{
    /// <summary>The id of the owner; <c>me</c> is the caller.</summary>
    public IReadOnlyList<string>? OwnerId { get; init; }

    /// <summary>Whether everybody sees it.</summary>
    public bool? IsShared { get; init; }

    /// <summary>Whether it is delivered by itself, or was until its schedule stopped.</summary>
    public bool? Scheduled { get; init; }
}
