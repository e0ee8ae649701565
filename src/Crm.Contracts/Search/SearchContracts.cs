using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Crm.Contracts.Activities;
using Crm.Contracts.Conversion;
using Crm.Contracts.Deals;
using Crm.Contracts.Leads;
using Crm.Contracts.Tasks;

namespace Crm.Contracts.Search;

/// <summary>What is found.</summary>
public enum SearchType
{
    Lead,
    Deal,
    Task,
    Activity,

    /// <summary>Only where the service keeps the customers itself.</summary>
    Customer,
}

/// <summary>What to search for.</summary>
public sealed record SearchQuery
{
    public const int MaxTake = 100;

    /// <summary>
    /// Words, all of which must be found, the last as a prefix; case and accents are ignored, and where nothing has the words typing errors are forgiven. <c>"a phrase"</c>,
    /// <c>-without</c>, <c>this OR that</c>; e-mail addresses, sites and telephone numbers in any writing; and qualifiers: <c>type:deal</c>, <c>owner:me</c> (or <c>none</c>, or a user's id),
    /// <c>stage:PROPOSAL</c>, <c>status:NEW</c>, <c>source:WEBSITE</c>, <c>priority:HIGH</c>, <c>tag:"key account"</c>, <c>value:>1000</c>, <c>created:>=2026-01-01</c>, <c>due:&lt;2026-02-01</c>,
    /// the last three with <c>></c>, <c>>=</c>, <c>&lt;</c>, <c>&lt;=</c> or from <c>1000..5000</c>. Days are the tenant's. What a qualifier isn't of isn't found. Without it everything is found, the newest first.
    /// </summary>
    [StringLength(500)] public string? Q { get; init; }

    /// <summary>Only of these types.</summary>
    public IReadOnlyList<SearchType>? Types { get; init; }

    /// <summary>How many a page holds.</summary>
    [Range(1, MaxTake)] public int Take { get; init; } = 20;

    /// <summary>The <c>nextCursor</c> of the page before, with the same <c>q</c> and <c>types</c>.</summary>
    [StringLength(2000)] public string? Cursor { get; init; }
}

/// <summary>What is found, the best first: called by the words that were typed, then by longer ones that begin with the last of them, then with the words anywhere else; and of the same rank the newest first.</summary>
public sealed record SearchPage
{
    public required IReadOnlyList<SearchHit> Items { get; init; }

    /// <summary>Give it as <c>cursor</c> for the page behind this one; null on the last page.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>Something that is found; the member that its type names holds the record.</summary>
public sealed record SearchHit
{
    public required SearchType Type { get; init; }
    public required Guid Id { get; init; }

    /// <summary>What it is called.</summary>
    public required string Title { get; init; }

    /// <summary>Where the words stand in it, at most five places; none where they aren't the reason that it is found.</summary>
    public required IReadOnlyList<SearchHighlight> Highlights { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public LeadView? Lead { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public DealView? Deal { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public TaskView? Task { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public ActivityView? Activity { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public CustomerView? Customer { get; init; }
}

/// <summary>A part of a record's text with words that were searched for. It is text, never HTML.</summary>
public sealed record SearchHighlight
{
    /// <summary>The member of the record, such as <c>companyName</c>.</summary>
    public required string Field { get; init; }

    /// <summary>The member's text, or a piece of a long one.</summary>
    public required string Text { get; init; }

    /// <summary>Where the piece begins in the member's text, in UTF-16 units.</summary>
    public required int Start { get; init; }

    /// <summary>Where the words stand in <c>text</c>, in their order and apart from each other.</summary>
    public required IReadOnlyList<SearchRange> Ranges { get; init; }
}

/// <summary>A part of a text, in UTF-16 units, as strings are counted in JavaScript and C#.</summary>
public sealed record SearchRange
{
    public required int Start { get; init; }
    public required int Length { get; init; }
}

/// <summary>What is typed so far.</summary>
public sealed record SuggestQuery
{
    public const int MaxTake = 20;

    /// <summary>What is typed so far: words, the last as a prefix. Without it the newest records are suggested.</summary>
    [StringLength(100)] public string? Q { get; init; }

    /// <summary>Only of these types.</summary>
    public IReadOnlyList<SearchType>? Types { get; init; }

    /// <summary>How many at most.</summary>
    [Range(1, MaxTake)] public int Take { get; init; } = 8;
}

/// <summary>What may be meant, the best first.</summary>
public sealed record Suggestions
{
    public required IReadOnlyList<Suggestion> Items { get; init; }
}

/// <summary>A record whose name has the words.</summary>
public sealed record Suggestion
{
    public required SearchType Type { get; init; }
    public required Guid Id { get; init; }

    /// <summary>What it is called.</summary>
    public required string Title { get; init; }

    /// <summary>What tells it from others of the name: a lead's or customer's company, a deal's stage, a task's type; null for none.</summary>
    public string? Detail { get; init; }

    /// <summary>Where the words stand in the title.</summary>
    public required IReadOnlyList<SearchRange> Ranges { get; init; }
}
