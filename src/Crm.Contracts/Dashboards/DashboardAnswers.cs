using System.Text.Json;
using Crm.Contracts.Lists;

namespace Crm.Contracts.Dashboards;

/// <summary>As of when all reports of a dashboard are asked for.</summary>
public record DashboardAnswersQuery
{
    /// <summary>The answers that there would have been at this instant; by default now. Not in the future.</summary>
    public DateTimeOffset? AsOf { get; init; }
}

/// <summary>As of when a report of a dashboard is asked for, and in which form.</summary>
public sealed record DashboardAnswerQuery : DashboardAnswersQuery
{
    /// <summary>As JSON (the default), or as <c>csv</c>: what the report itself gives as such.</summary>
    public ListFormat Format { get; init; }
}

/// <summary>All reports of a dashboard, of one instant.</summary>
public sealed record DashboardAnswersView
{
    /// <summary>The instant that they are of. Given as <c>asOf</c> it brings the same answers again.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>In the order of the dashboard.</summary>
    public required IReadOnlyList<DashboardAnswerView> Reports { get; init; }
}

/// <summary>What a report of a dashboard answers.</summary>
public sealed record DashboardAnswerView
{
    /// <summary>What it is called in its path.</summary>
    public required string Key { get; init; }

    /// <summary>What it is called for people to read.</summary>
    public required string Name { get; init; }

    /// <summary>Which report, by the last part of its path.</summary>
    public required string Report { get; init; }

    /// <summary>Where the report itself gives this answer, whenever it is asked: with the days of its period, whose records <c>me</c> stands for, and <c>asOf</c>.</summary>
    public required string Url { get; init; }

    /// <summary>The report, as its own path answers it; null where it can't be made.</summary>
    public required JsonElement? Answer { get; init; }

    /// <summary>Why it can't be made, such as for too many periods; null where it is.</summary>
    public required string? Problem { get; init; }
}
