using Crm.Database.Search;

namespace Crm.Services.Search;

/// <summary>What a search means, before anything is looked up.</summary>
internal sealed record ParsedSearch(SearchPattern Pattern, IReadOnlyList<Qualifier> Qualifiers);

/// <summary>What else must hold of what is found.</summary>
/// <param name="Name">Such as <c>stage</c>.</param>
/// <param name="Operator">Such as <c>></c>; empty for none.</param>
/// <param name="Value">As it is written.</param>
/// <param name="Start">Where it begins in the search, from 0.</param>
internal sealed record Qualifier(string Name, string Operator, string Value, int Start)
{
    public static readonly string[] Names = ["type", "owner", "stage", "status", "source", "priority", "value", "created", "due", "tag"];
}
