using System.Text.Json.Serialization;

namespace Crm.Contracts;

/// <summary>Something that changes from version to version.</summary>
public interface IVersioned
{
    int Version { get; }

    /// <summary>What its ETag says: the version, and behind a <c>-</c> what else of it changes by itself.</summary>
    string Tag => $"{Version}";
}

/// <summary>Something with a place of its own in its collection.</summary>
public interface IIdentified
{
    Guid Id { get; }
}

/// <summary>What the server keeps of every record.</summary>
public abstract record RecordView : IVersioned, IIdentified
{
    [JsonPropertyOrder(-1)] public required Guid Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id of the user who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When somebody changed it last. What comes by the passing of time, such as <c>task.due</c>, and a lead's score leave it as it is.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The id of the user who changed it last.</summary>
    public required string UpdatedBy { get; init; }

    /// <summary>How many events the record has had; the ETag.</summary>
    public required int Version { get; init; }
}
