using System.Text.Json;
using Crm.Contracts.Json;

namespace Crm.Services.Analytics;

/// <summary>A report as it is kept: most are only passed on, and a large one takes longer to read and to write again than to look up.</summary>
/// <param name="json">It, as it is told.</param>
public sealed class KeptReport<T>(byte[] json)
{
    public byte[] Json => json;

    /// <summary>Reads it.</summary>
    public T Read() => JsonSerializer.Deserialize<T>(json, CrmJson.Options)!;
}
