using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Pipelines;

/// <summary>What standing in a stage means for a deal.</summary>
public enum StageKind { Open, Won, Lost }

/// <summary>What an admin writes of a pipeline.</summary>
public sealed record PipelineFields
{
    public const int MostStages = 50;

    /// <summary>What the pipeline is called; no other pipeline of the tenant is called so, case ignored.</summary>
    [Required, StringLength(100)] public required string Name { get; init; }

    /// <summary>
    /// In their order: first those of the kind <c>OPEN</c>, one at least, then those of the kinds <c>WON</c> and <c>LOST</c>, one of each at
    /// least. Given anew they replace all that there are: one with a key that is there keeps its deals, one with another is added, one that
    /// isn't given any more is retired, and its deals go to the stage that <c>replaces</c> it.
    /// </summary>
    [Required, KeptWhenAbsent, MinLength(3), MaxLength(MostStages)] public required IReadOnlyList<StageFields> Stages { get; init; }

    /// <summary>Whether deals that name no pipeline go here. Another pipeline ceases to be the one they go to; to <c>false</c> it changes by making another the default.</summary>
    [KeptWhenAbsent] public bool? IsDefault { get; init; }
}

/// <summary>What an admin writes of a stage.</summary>
public sealed record StageFields
{
    /// <summary>What deals name it by, and for good; by default made of its name.</summary>
    [StageKey] public string? Key { get; init; }

    [Required, StringLength(100)] public required string Name { get; init; }

    /// <summary>Percent: of deals that set none of their own. By default 100 where the kind is <c>WON</c> and 0 where it is <c>LOST</c>, which can't be others; required for <c>OPEN</c>.</summary>
    [Range(0, 100)] public int? Probability { get; init; }

    /// <summary>What standing here means; for good.</summary>
    public StageKind Kind { get; init; } = StageKind.Open;

    /// <summary>Days until an open deal in this stage is rotting; null for never. For the kind <c>OPEN</c> alone.</summary>
    [Range(1, 3650)] public int? RottingDays { get; init; }

    /// <summary>The keys of stages of the same kind that are retired with this request and whose deals come here.</summary>
    [MaxLength(PipelineFields.MostStages)] public IReadOnlyList<string>? Replaces { get; init; }
}

/// <summary>The way of a deal, stage by stage.</summary>
public sealed record PipelineView : IIdentified, IVersioned
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>Whether deals that name no pipeline go here.</summary>
    public required bool IsDefault { get; init; }

    /// <summary>In their order.</summary>
    public required IReadOnlyList<StageView> Stages { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
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
