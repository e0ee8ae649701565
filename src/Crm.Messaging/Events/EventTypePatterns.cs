using System.IO.Enumeration;
using System.Reflection;
using Crm.Contracts.Events;

namespace Crm.Messaging.Events;

/// <summary>A choice of types of events: by name, or with a <c>*</c> for any text, such as <c>deal.*</c>.</summary>
public sealed class EventTypePatterns
{
    public static readonly EventTypePatterns All = new(["*"]);

    private static readonly List<string> Known = typeof(EventTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).ToList();

    private readonly IReadOnlyList<string> patterns;

    private EventTypePatterns(IReadOnlyList<string> patterns) => this.patterns = patterns;

    /// <exception cref="FormatException">One of them is of no type that there is.</exception>
    public static EventTypePatterns Parse(string text)
    {
        var given = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return given.FirstOrDefault(pattern => !Known.Exists(type => Matches(pattern, type))) is { } unknown
            ? throw new FormatException($"has \"{unknown}\", which is no type of event, nor a pattern of one; set it to types such as lead.created or patterns such as deal.*, with commas between, or leave it out for all.")
            : new EventTypePatterns(given);
    }

    public bool Include(string type) => patterns.Any(pattern => Matches(pattern, type));

    private static bool Matches(string pattern, string type) => !pattern.Contains('?', StringComparison.Ordinal) && FileSystemName.MatchesSimpleExpression(pattern, type, ignoreCase: false);
}
