using Crm.Contracts.Pipelines;
using Crm.Database.Tenancy;

namespace Crm.Database.Pipelines;

/// <summary>The way of a deal, stage by stage.</summary>
public sealed partial class Pipeline : ITenantOwned
{
    private Pipeline()
    {
    }

    /// <exception cref="Contracts.Failures.CrmException">400 for stages that make no pipeline.</exception>
    public Pipeline(PipelineFields fields, Stamp stamp)
    {
        (TenantId, Id) = (stamp.TenantId, Guid.CreateVersion7(stamp.At));
        (CreatedAt, UpdatedAt, Version) = (stamp.At, stamp.At, 1);
        Rename(fields.Name);
        Arrange(fields.Stages, stamp.At);
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public string Name { get; private set; } = "";

    /// <summary>The name in lower case, of which the tenant has one.</summary>
    public string NameKey { get; private set; } = "";

    public bool IsDefault { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Since when no deal goes here any more; what went here before stays in the history.</summary>
    public DateTimeOffset? RetiredAt { get; private set; }

    public int Version { get; private set; }

    /// <summary>All that it has or had.</summary>
    public List<Stage> Stages { get; private set; } = [];

    /// <summary>The stages that deals can stand in, in their order.</summary>
    public IEnumerable<Stage> Present => Stages.Where(stage => stage.RetiredAt is null).OrderBy(stage => stage.Position);

    /// <summary>The pipeline that every tenant starts with.</summary>
    public static Pipeline Default(Stamp stamp) => new(
        new PipelineFields
        {
            Name = "Sales",
            Stages =
            [
                new StageFields { Key = "LEAD", Name = "Lead", Probability = 10, RottingDays = 30 },
                new StageFields { Key = "QUALIFIED", Name = "Qualified", Probability = 25, RottingDays = 30 },
                new StageFields { Key = "PROPOSAL", Name = "Proposal", Probability = 50, RottingDays = 21 },
                new StageFields { Key = "NEGOTIATION", Name = "Negotiation", Probability = 75, RottingDays = 14 },
                new StageFields { Key = "CLOSED_WON", Name = "Won", Kind = StageKind.Won },
                new StageFields { Key = "CLOSED_LOST", Name = "Lost", Kind = StageKind.Lost },
            ],
        },
        stamp)
    {
        IsDefault = true,
    };

    /// <summary>What a caller could have written to make the pipeline what it is.</summary>
    public PipelineFields Fields() => new() { Name = Name, Stages = [.. Present.Select(stage => stage.Fields())], IsDefault = IsDefault };

    /// <summary>Makes the pipeline what the fields say.</summary>
    /// <returns>The stages that are retired by it, each with the one that replaces it; null for none.</returns>
    /// <exception cref="Contracts.Failures.CrmException">400 for stages that make no pipeline.</exception>
    public IReadOnlyList<(Stage Retired, Stage? Successor)> Change(PipelineFields fields, DateTimeOffset at)
    {
        var before = Fields();
        var retired = Arrange(fields.Stages, at);
        Rename(fields.Name);
        if (!Alike(before, Fields()) || retired.Count > 0) Touch(at);
        return retired;
    }

    /// <summary>Begins or ceases to be the one that deals go to which name none.</summary>
    public void BeDefault(bool isDefault, DateTimeOffset at)
    {
        if (isDefault == IsDefault) return;
        IsDefault = isDefault;
        Touch(at);
    }

    /// <summary>With its stages: who waits for one of them, to put a deal there, looks again whether it is there.</summary>
    public void Retire(DateTimeOffset at)
    {
        foreach (var stage in Present.ToList()) stage.Retire(null, at);
        RetiredAt = at;
        Touch(at);
    }

    /// <summary>The key by which two names are the same.</summary>
    public static string KeyOf(string name) => name.ToLowerInvariant();

    public PipelineView ToView() => new()
    {
        Id = Id,
        Name = Name,
        IsDefault = IsDefault,
        Stages = [.. Present.Select(stage => stage.ToView())],
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        Version = Version,
    };

    /// <summary>The rows to keep of the stages as they are now.</summary>
    internal IEnumerable<StageSnapshot> Snapshots() => Stages.Select(stage => new StageSnapshot(this, stage));

    private static bool Alike(PipelineFields a, PipelineFields b) => a.Name == b.Name && a.Stages.SequenceEqual(b.Stages);

    private void Rename(string name) => (Name, NameKey) = (name, KeyOf(name));

    private void Touch(DateTimeOffset at) => (UpdatedAt, Version) = (at > UpdatedAt ? at : UpdatedAt, Version + 1);
}
