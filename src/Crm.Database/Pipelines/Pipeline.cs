using Crm.Contracts.Pipelines;
using Crm.Database.Tenancy;

namespace Crm.Database.Pipelines;

/// <summary>The way of a deal, stage by stage.</summary>
public sealed class Pipeline : ITenantOwned
{
    private Pipeline()
    {
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public string Name { get; private set; } = "";
    public bool IsDefault { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public int Version { get; private set; }
    public List<Stage> Stages { get; private set; } = [];

    /// <summary>The pipeline that every tenant starts with.</summary>
    public static Pipeline Default(Guid tenantId, DateTimeOffset at)
    {
        var pipeline = new Pipeline
        {
            TenantId = tenantId,
            Id = Guid.CreateVersion7(at),
            Name = "Sales",
            IsDefault = true,
            CreatedAt = at,
            Version = 1,
        };
        pipeline.Add("LEAD", "Lead", 10, StageKind.Open, 30);
        pipeline.Add("QUALIFIED", "Qualified", 25, StageKind.Open, 30);
        pipeline.Add("PROPOSAL", "Proposal", 50, StageKind.Open, 21);
        pipeline.Add("NEGOTIATION", "Negotiation", 75, StageKind.Open, 14);
        pipeline.Add("CLOSED_WON", "Won", 100, StageKind.Won, null);
        pipeline.Add("CLOSED_LOST", "Lost", 0, StageKind.Lost, null);
        return pipeline;
    }

    public PipelineView ToView() => new()
    {
        Id = Id,
        Name = Name,
        IsDefault = IsDefault,
        Stages = [.. Stages.OrderBy(stage => stage.Position).Select(stage => stage.ToView())],
        Version = Version,
    };

    private void Add(string key, string name, int probability, StageKind kind, int? rottingDays) =>
        Stages.Add(new Stage(this, key, name, Stages.Count, probability, kind, rottingDays));
}

/// <summary>A stage of a pipeline.</summary>
public sealed class Stage : ITenantOwned
{
    private Stage()
    {
    }

    internal Stage(Pipeline pipeline, string key, string name, int position, int probability, StageKind kind, int? rottingDays)
    {
        (TenantId, PipelineId, Key, Name) = (pipeline.TenantId, pipeline.Id, key, name);
        (Position, Probability, Kind, RottingDays) = (position, probability, kind, rottingDays);
    }

    public Guid TenantId { get; private set; }
    public Guid PipelineId { get; private set; }
    public string Key { get; private set; } = "";
    public string Name { get; private set; } = "";
    public int Position { get; private set; }
    public int Probability { get; private set; }
    public StageKind Kind { get; private set; }
    public int? RottingDays { get; private set; }

    public StageView ToView() => new() { Key = Key, Name = Name, Probability = Probability, Kind = Kind, RottingDays = RottingDays };
}
