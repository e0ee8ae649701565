using Crm.Contracts.Pipelines;
using Crm.Database.Tenancy;

namespace Crm.Database.Pipelines;

/// <summary>A stage of a pipeline. One that is retired stays for the sake of the deals' history.</summary>
public sealed class Stage : ITenantOwned
{
    private Stage()
    {
    }

    internal Stage(Pipeline pipeline, string key, StageKind kind) => (TenantId, PipelineId, Key, Kind) = (pipeline.TenantId, pipeline.Id, key, kind);

    public Guid TenantId { get; private set; }
    public Guid PipelineId { get; private set; }
    public string Key { get; private set; } = "";
    public string Name { get; private set; } = "";
    public int Position { get; private set; }
    public int Probability { get; private set; }
    public StageKind Kind { get; private set; }
    public int? RottingDays { get; private set; }
    public DateTimeOffset? RetiredAt { get; private set; }

    /// <summary>Of a retired stage: the key of the one that took its deals, or would have; null where nothing replaced it.</summary>
    public string? Successor { get; private set; }

    public StageView ToView() => new() { Key = Key, Name = Name, Probability = Probability, Kind = Kind, RottingDays = RottingDays };

    internal StageFields Fields() => new() { Key = Key, Name = Name, Probability = Probability, Kind = Kind, RottingDays = RottingDays };

    internal void Write(StageFields fields, int position)
    {
        (Name, Position) = (fields.Name, position);
        Probability = fields.Probability ?? ProbabilityOf(Kind);
        RottingDays = fields.RottingDays;
        (RetiredAt, Successor) = (null, null);
    }

    internal void Retire(string? successor, DateTimeOffset at) => (RetiredAt, Successor) = (at, successor);

    /// <summary>Percent: what is certain once it is closed.</summary>
    internal static int ProbabilityOf(StageKind kind) => kind == StageKind.Won ? 100 : 0;
}
