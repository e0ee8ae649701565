using Crm.Contracts.Pipelines;
using Crm.Database.Records;

namespace Crm.Database.Pipelines;

/// <summary>What a stage was from one of its pipeline's versions on, so that any past instant can be reported as it was.</summary>
public sealed class StageSnapshot : ISnapshot
{
    private StageSnapshot()
    {
    }

    internal StageSnapshot(Pipeline pipeline, Stage stage)
    {
        (TenantId, PipelineId, Version, At) = (pipeline.TenantId, pipeline.Id, pipeline.Version, pipeline.UpdatedAt);
        (Key, Position, Probability, Kind) = (stage.Key, stage.Position, stage.Probability, stage.Kind);
        (RottingDays, IsRetired, Successor) = (stage.RottingDays, stage.RetiredAt is not null || pipeline.RetiredAt is not null, stage.Successor);
        IsDefault = pipeline.IsDefault;
    }

    public Guid TenantId { get; private set; }
    public Guid PipelineId { get; private set; }
    public int Version { get; private set; }
    public string Key { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset Until { get; private set; } = Missing.Instant;

    public int Position { get; private set; }

    /// <summary>Percent: of deals that set none of their own.</summary>
    public int Probability { get; private set; }

    public StageKind Kind { get; private set; }
    public int? RottingDays { get; private set; }
    public bool IsRetired { get; private set; }

    /// <summary>Of a retired stage: the key of the one that took its deals.</summary>
    public string? Successor { get; private set; }

    /// <summary>Whether its pipeline is the one that deals go to which name none.</summary>
    public bool IsDefault { get; private set; }
}
