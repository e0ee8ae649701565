using System.Text.Json.Serialization;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>Whose results, and between which days.</summary>
public sealed record LeaderboardQuery : PeriodQuery;

/// <summary>Who achieved what in a period.</summary>
public sealed record LeaderboardReport : PeriodReportView, IInCurrencies
{
    /// <inheritdoc cref="IInCurrencies.Currency"/>
    [JsonPropertyOrder(-1), Currency] public required string? Currency { get; init; }

    /// <summary>
    /// Those who have any of the figures: by won value, of several currencies in the one asked for, else in the tenant's own, then by won deals, created deals, activities and done tasks, the most first,
    /// and then in the order of their ids. What is nobody's comes last.
    /// </summary>
    public required IReadOnlyList<LeaderboardUser> Users { get; init; }

    /// <summary>All of them together.</summary>
    public required LeaderboardRow Total { get; init; }

    /// <summary>The goals whose month or quarter shares a day with these days and that the caller may see, each of the whole of its period: with <c>ownerId</c> those of these members, with <c>pipelineId</c> those for these pipelines, with <c>source</c> none.</summary>
    public required IReadOnlyList<AttainedGoal> Goals { get; init; }
}

/// <summary>What was achieved.</summary>
public record LeaderboardRow
{
    /// <summary>The deals that were won and closed in the period.</summary>
    public required ClosedDeals Won { get; init; }

    /// <summary>The deals that were made in the period, whatever became of them.</summary>
    public required CountedFigure DealsCreated { get; init; }

    /// <summary>What was done in the period: calls, e-mails, meetings and notes.</summary>
    public required CountedFigure Activities { get; init; }

    /// <summary>The tasks that were completed in the period, whenever they were due.</summary>
    public required CountedFigure TasksDone { get; init; }

    /// <inheritdoc cref="PipelineReportTotal.Amounts"/>
    public required IReadOnlyList<LeaderboardAmount>? Amounts { get; init; }
}

/// <summary>What one user achieved: of deals and tasks what the user owns or is to do at <c>asOf</c>, of activities what the user did.</summary>
public sealed record LeaderboardUser : LeaderboardRow
{
    /// <summary>Null for what is nobody's.</summary>
    [JsonPropertyOrder(-1)] public required string? UserId { get; init; }
}

/// <summary>What was won in one of several currencies.</summary>
public sealed record LeaderboardAmount
{
    [Currency] public required string Currency { get; init; }
    public required decimal WonValue { get; init; }
}
