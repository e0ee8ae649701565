using Crm.Database.Tenancy;

namespace Crm.Database.Records;

/// <summary>A record with tags; each is also kept as a row, so that an index finds it.</summary>
public interface ITagged
{
    List<string> Tags { get; }
}

/// <summary>A tag of a record, folded, to be looked up by.</summary>
public abstract class Tag : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid RecordId { get; init; }
    public string Key { get; init; } = "";
}

public sealed class LeadTag : Tag;

public sealed class DealTag : Tag;

public static class Tags
{
    /// <summary>The tags in the order and writing in which they first come; case doesn't tell two apart.</summary>
    public static List<string> Distinct(IReadOnlyList<string>? tags) => tags is null ? [] : [.. tags.DistinctBy(Key, StringComparer.Ordinal)];

    public static string Key(string tag) => tag.ToLowerInvariant();
}
