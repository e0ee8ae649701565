using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Pipelines;

/// <summary>What standing in a stage means for a deal.</summary>
public enum StageKind { Open, Won, Lost }

/// <summary>The way of a deal, stage by stage.</summary>
public sealed record PipelineView : IVersioned
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>Whether deals that name no pipeline go here.</summary>
    public required bool IsDefault { get; init; }

    /// <summary>In their order.</summary>
    public required IReadOnlyList<StageView> Stages { get; init; }

    public required int Version { get; init; }
}

/// <summary>A step of a pipeline.</summary>
public sealed record StageView
{
    [StageKey] public required string Key { get; init; }
    public required string Name { get; init; }

    /// <summary>Percent: of deals that set none of their own.</summary>
    [Range(0, 100)] public required int Probability { get; init; }

    public required StageKind Kind { get; init; }

    /// <summary>Days until an open deal in this stage is rotting; null for never.</summary>
    public required int? RottingDays { get; init; }
}

/// <summary>The pipelines of a tenant, the default first.</summary>
public sealed record PipelineList
{
    public required IReadOnlyList<PipelineView> Items { get; init; }
}
