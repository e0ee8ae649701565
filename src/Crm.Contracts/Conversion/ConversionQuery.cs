using Crm.Contracts.Lists;

namespace Crm.Contracts.Conversion;

/// <summary>Which conversions, in which order.</summary>
[Sortable("-createdAt", "createdAt")]
public sealed record ConversionQuery : PageQuery
{
    public IReadOnlyList<ConversionState>? State { get; init; }
    public IReadOnlyList<Guid>? LeadId { get; init; }
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
}
