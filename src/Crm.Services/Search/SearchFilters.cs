using Crm.Contracts.Activities;
using Crm.Contracts.Deals;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Search;
using Crm.Contracts.Tasks;
using Crm.Database.Search;
using Crm.Services.Analytics;

namespace Crm.Services.Search;

/// <summary>What qualifiers ask for, as the filters of each kind's own list.</summary>
internal sealed class SearchFilters
{
    private const decimal SmallestAmount = 0.0001m;

    private readonly Calendar calendar;
    private readonly HashSet<SearchKind> kinds = [.. Enum.GetValues<SearchKind>()];
    private Qualifier? type;

    private SearchFilters(Calendar calendar) => this.calendar = calendar;

    public LeadQuery Leads { get; private set; } = new();
    public DealQuery Deals { get; private set; } = new();
    public TaskQuery Tasks { get; private set; } = new();
    public ActivityQuery Activities { get; private set; } = new();

    /// <summary>From when on it was made.</summary>
    public DateTimeOffset? CreatedFrom { get; private set; }

    /// <summary>Before when it was made.</summary>
    public DateTimeOffset? CreatedTo { get; private set; }

    /// <summary>Of which kinds something can be found.</summary>
    public IReadOnlyList<SearchKind> Kinds => [.. kinds.Order()];

    /// <param name="qualifiers">What is asked for.</param>
    /// <param name="types">Only of these; null for all.</param>
    /// <param name="calendar">By whose days.</param>
    /// <exception cref="Contracts.Failures.CrmException">400 for a value that is none, with its position.</exception>
    public static SearchFilters Of(IReadOnlyList<Qualifier> qualifiers, IReadOnlyList<SearchType>? types, Calendar calendar)
    {
        var filters = new SearchFilters(calendar);
        if (types is not null) filters.kinds.IntersectWith(types.Select(KindOf));
        if (qualifiers.Where(q => q.Name == "type").ToList() is [var first, ..] asked)
        {
            filters.type = first;
            filters.kinds.IntersectWith(asked.Select(TypeOf));
        }

        foreach (var byName in qualifiers.Where(q => q.Name != "type").GroupBy(q => q.Name)) filters.Add([.. byName]);
        return filters;
    }

    public static SearchKind KindOf(SearchType type) => (SearchKind)(int)type;

    public static SearchType TypeOf(SearchKind kind) => (SearchType)(int)kind;

    private void Add(IReadOnlyList<Qualifier> asked)
    {
        var first = asked[0];
        if (asked.FirstOrDefault(q => q.Operator.Length > 0 && q.Name is not ("value" or "created" or "due")) is { } odd) throw Fault(odd, $"{odd.Name}: takes no {odd.Operator}");
        switch (first.Name)
        {
            case "owner":
                Of(first, SearchKind.Lead, SearchKind.Deal, SearchKind.Task, SearchKind.Activity);
                var owners = asked.Select(q => q.Value).ToList();
                (Leads, Deals, Tasks, Activities) = (Leads with { OwnerId = owners }, Deals with { OwnerId = owners }, Tasks with { AssigneeId = owners }, Activities with { UserId = owners });
                break;
            case "stage":
                Of(first, SearchKind.Deal);
                Deals = Deals with { Stage = [.. asked.Select(q => q.Value.ToUpperInvariant())] };
                break;
            case "status":
                Of(first, SearchKind.Lead);
                Leads = Leads with { Status = [.. asked.Select(EnumOf<LeadStatus>)] };
                break;
            case "source":
                Of(first, SearchKind.Lead);
                Leads = Leads with { Source = [.. asked.Select(EnumOf<LeadSource>)] };
                break;
            case "priority":
                Of(first, SearchKind.Task);
                Tasks = Tasks with { Priority = [.. asked.Select(EnumOf<TaskPriority>)] };
                break;
            case "tag":
                Of(first, SearchKind.Lead, SearchKind.Deal);
                var tags = asked.Select(q => q.Value).ToList();
                (Leads, Deals) = (Leads with { Tag = tags }, Deals with { Tag = tags });
                break;
            case "value":
                Of(first, SearchKind.Lead, SearchKind.Deal);
                foreach (var q in asked)
                {
                    var (from, to) = Range(q, AmountOf, amount => amount + SmallestAmount, amount => amount - SmallestAmount);
                    var (low, high) = (Later(Deals.ValueFrom, from), Earlier(Deals.ValueTo, to));
                    (Leads, Deals) = (Leads with { ValueFrom = low, ValueTo = high }, Deals with { ValueFrom = low, ValueTo = high });
                }

                break;
            case "created":
                foreach (var q in asked)
                {
                    var (from, to) = Range(q, DayOf, day => day.AddDays(1), day => day.AddDays(-1));
                    (CreatedFrom, CreatedTo) = (Later(CreatedFrom, StartOf(from)), Earlier(CreatedTo, EndOf(to)));
                }

                break;
            default:
                Of(first, SearchKind.Task);
                foreach (var q in asked)
                {
                    var (from, to) = Range(q, DayOf, day => day.AddDays(1), day => day.AddDays(-1));
                    Tasks = Tasks with { DueFrom = Later(Tasks.DueFrom, StartOf(from)), DueTo = Earlier(Tasks.DueTo, EndOf(to)) };
                }

                break;
        }
    }

    private void Of(Qualifier qualifier, params ReadOnlySpan<SearchKind> of)
    {
        var before = kinds.Count;
        kinds.IntersectWith(of.ToArray());
        if (kinds.Count == 0 && before > 0 && type is not null) throw Fault(qualifier, $"{qualifier.Name}: is of {string.Join(" and ", of.ToArray().Select(kind => Plural(kind)))}, and type:{type.Value} asks for none of them");
    }

    /// <summary>How a kind is called in a path.</summary>
    public static string Plural(SearchKind kind) => kind == SearchKind.Activity ? "activities" : $"{EnumNames<SearchType>.Of(TypeOf(kind)).ToLowerInvariant()}s";

    private static SearchKind TypeOf(Qualifier qualifier)
    {
        if (qualifier.Operator.Length > 0) throw Fault(qualifier, $"type: takes no {qualifier.Operator}");
        foreach (var kind in Enum.GetValues<SearchKind>())
        {
            if (string.Equals(qualifier.Value, EnumNames<SearchType>.Of(TypeOf(kind)), StringComparison.OrdinalIgnoreCase) || string.Equals(qualifier.Value, Plural(kind), StringComparison.OrdinalIgnoreCase)) return kind;
        }

        throw Fault(qualifier, $"type: must be one of {string.Join(", ", EnumNames<SearchType>.All.Select(name => name.ToLowerInvariant()))}");
    }

    private static T EnumOf<T>(Qualifier qualifier) where T : struct, Enum =>
        EnumNames<T>.TryParse(qualifier.Value.ToUpperInvariant(), out var value) ? value : throw Fault(qualifier, $"{qualifier.Name}: must be one of {string.Join(", ", EnumNames<T>.All)}");

    private static decimal AmountOf(Qualifier qualifier, string text) =>
        DecimalConverter.TryParse(text, out var amount) && amount is >= 0 and <= 999_999_999_999.9999m && decimal.Round(amount, 4) == amount ? amount : throw Fault(qualifier, $"{qualifier.Name}: must be an amount from 0, such as 1000 or 1000.50, or two of them with .. between");

    private static DateOnly DayOf(Qualifier qualifier, string text) =>
        DateConverter.TryParse(text, out var day) ? day : throw Fault(qualifier, $"{qualifier.Name}: must be a day such as 2026-01-31, or two of them with .. between");

    /// <summary>The first and the last value that a qualifier asks for, both included; null for no bound.</summary>
    private static (T? From, T? To) Range<T>(Qualifier qualifier, Func<Qualifier, string, T> read, Func<T, T> next, Func<T, T> before) where T : struct, IComparable<T>
    {
        if (qualifier.Operator.Length == 0 && qualifier.Value.Split("..") is [var low, var high])
        {
            var (from, to) = (low is "" or "*" ? (T?)null : read(qualifier, low), high is "" or "*" ? (T?)null : read(qualifier, high));
            return from?.CompareTo(to ?? from.Value) > 0 ? throw Fault(qualifier, $"{qualifier.Name}: ends before it begins") : (from, to);
        }

        var value = read(qualifier, qualifier.Value);
        return qualifier.Operator switch
        {
            ">" => (next(value), null),
            ">=" => (value, null),
            "<" => (null, before(value)),
            "<=" => (null, value),
            _ => (value, value),
        };
    }

    private DateTimeOffset? StartOf(DateOnly? day) => day is { } first ? calendar.StartOf(first) : null;

    private DateTimeOffset? EndOf(DateOnly? day) => day is { } last ? calendar.StartOf(last.AddDays(1)) : null;

    private static T? Later<T>(T? one, T? other) where T : struct, IComparable<T> => one is { } a && other is { } b ? (a.CompareTo(b) >= 0 ? a : b) : one ?? other;

    private static T? Earlier<T>(T? one, T? other) where T : struct, IComparable<T> => one is { } a && other is { } b ? (a.CompareTo(b) <= 0 ? a : b) : one ?? other;

    private static Contracts.Failures.CrmException Fault(Qualifier qualifier, string fault) => SearchParser.Fault("q", qualifier.Start, fault);
}
