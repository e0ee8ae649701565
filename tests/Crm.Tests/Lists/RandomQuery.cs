using System.Globalization;
using System.Text;
using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Database.Text;
using Crm.Tests.Input;

namespace Crm.Tests.Lists;

/// <summary>A query of a list, and what it means, told without a database: which records match, in which order.</summary>
internal sealed class RandomQuery
{
    private static readonly string[] Collections = ["leads", "deals", "tasks", "activities", "members"];
    private static readonly Dictionary<string, int> RottingDays = new(StringComparer.Ordinal) { ["LEAD"] = 30, ["QUALIFIED"] = 30, ["PROPOSAL"] = 21, ["NEGOTIATION"] = 14 };

    private readonly Random dice;
    private readonly TwinTenants twins;
    private readonly List<string> parameters = [];
    private readonly List<Func<JsonElement, bool>> conditions = [];
    private readonly List<(Func<JsonElement, IComparable> Key, bool Descending)> order = [];

    public RandomQuery(Random dice, TwinTenants twins)
    {
        (this.dice, this.twins) = (dice, twins);
        Collection = dice.Pick(Collections);
        Filter();
        Sort();
        if (dice.Chance(30)) Search();
    }

    public string Collection { get; }

    public string Path => $"/api/{Collection}?{string.Join('&', parameters)}";

    /// <summary>The records that the query means, in its order.</summary>
    public List<string> Evaluate()
    {
        var matching = twins.Live[Collection].Where(row => conditions.TrueForAll(condition => condition(row)));
        var sorted = order.Aggregate(
            (IOrderedEnumerable<JsonElement>?)null,
            (rows, term) => (rows, term.Descending) switch
            {
                (null, false) => matching.OrderBy(term.Key, ByValue.Instance),
                (null, true) => matching.OrderByDescending(term.Key, ByValue.Instance),
                (_, false) => rows.ThenBy(term.Key, ByValue.Instance),
                (_, true) => rows.ThenByDescending(term.Key, ByValue.Instance),
            });
        return [.. sorted!.Select(row => row.GetProperty("id").GetString()!)];
    }

    private void Filter()
    {
        switch (Collection)
        {
            case "leads":
                OneOf("status", "NEW", "CONTACTED", "QUALIFIED", "NURTURING", "UNQUALIFIED", "CONVERTED");
                OneOf("source", "WEBSITE", "SOCIAL", "EMAIL", "OTHER");
                Member("ownerId");
                Tag();
                Numbers("score", "score", ["0", "25", "50", "99"]);
                Numbers("value", "estimatedValue", ["0", "0.0001", "10.5", "900719925474.0993", "999999999999.9999"]);
                Instants("created", "createdAt");
                Instants("updated", "updatedAt");
                Is("converted", row => Text(row, "status") == "CONVERTED");
                break;
            case "deals":
                OneOf("pipelineId", "pipelineId");
                OneOf("stage", "LEAD", "PROPOSAL", "CLOSED_WON", "CLOSED_LOST", "NOWHERE");
                Is("open", row => Text(row, "closedAt") is null);
                Member("ownerId");
                Parent("leadId");
                OneOf("customerId", "customer 'one'", "nobody");
                Tag();
                Is("rotting", row => Text(row, "closedAt") is null && RottingDays.TryGetValue(Text(row, "stage")!, out var days) && Instant(row, "stageEnteredAt") < twins.Now.AddDays(-days));
                Numbers("value", "value", ["0", "0.0001", "10.5", "900719925474.0993", "999999999999.9999"]);
                Dates("expectedClose", "expectedCloseDate");
                Instants("closed", "closedAt");
                Instants("created", "createdAt");
                break;
            case "tasks":
                OneOf("type", "CALL", "EMAIL", "MEETING", "NOTE", "FOLLOW_UP");
                OneOf("priority", "LOW", "MEDIUM", "HIGH", "URGENT");
                Is("completed", row => Text(row, "completedAt") is not null);
                Is("overdue", row => row.GetProperty("isOverdue").GetBoolean());
                Member("assigneeId");
                Parent("leadId");
                Parent("dealId");
                Instants("due", "dueAt");
                break;
            case "activities":
                OneOf("type", "CALL", "EMAIL", "MEETING", "NOTE");
                Member("userId");
                Parent("leadId");
                Parent("dealId");
                Parent("taskId");
                Instants("occurred", "occurredAt");
                break;
            default:
                OneOf("role", "ADMIN", "MANAGER", "REP", "VIEWER");
                break;
        }
    }

    private void Sort()
    {
        var (byDefault, keys) = Collection switch
        {
            "leads" => ("-createdAt", new[] { "createdAt", "updatedAt", "lastName", "companyName", "estimatedValue", "score" }),
            "deals" => ("-createdAt", ["createdAt", "updatedAt", "name", "value", "expectedCloseDate", "stageEnteredAt", "closedAt"]),
            "tasks" => ("dueAt", ["dueAt", "createdAt", "updatedAt", "priority", "title"]),
            "activities" => ("-occurredAt", ["occurredAt", "createdAt", "updatedAt"]),
            _ => ("name", ["name", "createdAt"]),
        };
        var sort = byDefault;
        if (dice.Chance(80))
        {
            sort = string.Join(',', dice.GetItems(keys, dice.Next(1, 4)).Distinct(StringComparer.Ordinal).Select(key => (dice.Chance(50) ? "-" : "") + key));
            Add("sort", sort);
        }

        foreach (var term in sort.Split(',')) order.Add((KeyOf(term.TrimStart('-')), term.StartsWith('-')));
        order.Add((row => CodePoints(Text(row, "id")!), order[^1].Descending));
    }

    private Func<JsonElement, IComparable> KeyOf(string key) => (Collection, key) switch
    {
        (_, "lastName") => row => CodePoints(Folding.Key(Text(row, "lastName"), Text(row, "firstName"))),
        (_, "companyName") => row => CodePoints(Folding.Key(Text(row, "companyName"))),
        ("members", "name") => row => CodePoints(Folding.Key(Text(row, "name"))),
        (_, "name" or "title") => row => CodePoints(Folding.Key(Text(row, key))),
        (_, "estimatedValue" or "value" or "score") => row => row.GetProperty(key) is { ValueKind: JsonValueKind.Number } number ? number.GetDecimal() : -1m,
        (_, "priority") => row => Array.IndexOf(["LOW", "MEDIUM", "HIGH", "URGENT"], Text(row, key)),
        (_, "expectedCloseDate") => row => Text(row, key) is { } date ? DateOnly.Parse(date, CultureInfo.InvariantCulture) : DateOnly.MaxValue,
        _ => row => Instant(row, key) ?? DateTimeOffset.MaxValue,
    };

    private void Search()
    {
        var search = dice.Chance(20) && Collection == "leads" ? dice.Pick(["+44 (0)20 7946", "7946 0000", "30123", "030 123456"]) : string.Join(' ', dice.GetItems(TwinTenants.Words, dice.Next(1, 3)));
        if (dice.Chance(50)) search = search.ToUpperInvariant();
        if (dice.Chance(50) && search.Length > 2 && !search.Contains('"') && !char.IsSurrogate(search[^1]) && !char.IsSurrogate(search[^2])) search = search[..^1];
        if (string.IsNullOrWhiteSpace(search)) return;
        Add("search", search);
        var meant = new MeantSearch(search, Collection);
        conditions.Add(row => meant.Finds(Document(row)));
        if (Collection == "members" || !dice.Chance(25)) return;
        parameters.RemoveAll(parameter => parameter.StartsWith("sort=", StringComparison.Ordinal));
        Add("sort", "relevance");
        order.Clear();
        order.Add((row => meant.RankOf(Document(row).Title), false));
        order.Add((row => CodePoints(Text(row, "id")!), true));
    }

    private (string Title, string All) Document(JsonElement row) => twins.Document(Text(row, "id")!, () => Collection switch
    {
        "leads" => (Fields($"{Text(row, "firstName")} {Text(row, "lastName")}", Text(row, "companyName"), Text(row, "email"), Text(row, "companyWebsite"), Phone(row)),
            Fields([$"{Text(row, "firstName")} {Text(row, "lastName")}", .. Texts(row, "companyName", "email", "companyWebsite", "jobTitle", "companyIndustry", "description"), Phone(row), .. TagsOf(row)])),
        "deals" => (Fields(Text(row, "name")), Fields([.. Texts(row, "name", "description", "lostReason"), .. TagsOf(row)])),
        "tasks" => (Fields(Text(row, "title")), Fields([.. Texts(row, "title", "description")])),
        "activities" => (Fields(Text(row, "subject")), Fields([.. Texts(row, "subject", "body")])),
        _ => (Fields(Text(row, "name")), Fields(Text(row, "name"))),
    });

    /// <summary>Each field's words with a space around them, and a bar between fields.</summary>
    private static string Fields(params ReadOnlySpan<string?> fields)
    {
        var all = new StringBuilder(" ");
        foreach (var field in fields) all.Append(CultureInfo.InvariantCulture, $"{string.Join(' ', Folding.Words(field))} | ");
        return all.ToString();
    }

    private static string? Phone(JsonElement row) => Text(row, "phone") is { } phone ? $"{PhoneKey.Of(phone)} / {PhoneKey.National(phone)} / end{string.Concat(PhoneKey.Of(phone)!.Reverse())} / {phone}" : null;

    private static IEnumerable<string?> Texts(JsonElement row, params string[] members) => members.Select(member => Text(row, member));

    private static IEnumerable<string?> TagsOf(JsonElement row) => row.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString());

    private void OneOf(string name, params string[] choices)
    {
        if (!dice.Chance(12)) return;
        if (choices is ["pipelineId"]) choices = [Text(twins.Live["deals"][0], "pipelineId")!, Guid.CreateVersion7().ToString()];
        var chosen = dice.GetItems(choices, dice.Next(1, 4)).Distinct(StringComparer.Ordinal).ToList();
        Several(name, chosen);
        conditions.Add(row => Text(row, name) is { } value && chosen.Contains(value));
    }

    private void Member(string name)
    {
        if (!dice.Chance(15)) return;
        var chosen = dice.GetItems([.. TwinTenants.Users, "me", "none", "nobody"], dice.Next(1, 4)).Distinct(StringComparer.Ordinal).ToList();
        Several(name, chosen);
        conditions.Add(row => Text(row, name) is { } id ? chosen.Contains(id) || (id == "ada" && chosen.Contains("me")) : chosen.Contains("none"));
    }

    private void Parent(string name)
    {
        if (!dice.Chance(12)) return;
        var known = twins.Known(Collection, name, () => [.. Texts(name).Order(StringComparer.Ordinal)]);
        var chosen = dice.GetItems([.. known, Guid.CreateVersion7().ToString()], dice.Next(1, 4)).Distinct(StringComparer.Ordinal).ToList();
        Several(name, chosen);
        conditions.Add(row => Text(row, name) is { } id && chosen.Contains(id));
    }

    private void Tag()
    {
        if (!dice.Chance(15)) return;
        var chosen = dice.GetItems([.. TwinTenants.TagTexts, "ÅNGSTRÖM", "nothing"], dice.Next(1, 3)).ToList();
        Several("tag", chosen);
        conditions.Add(row => row.GetProperty("tags").EnumerateArray().Any(tag => chosen.Exists(one => string.Equals(one, tag.GetString(), StringComparison.OrdinalIgnoreCase))));
    }

    private void Is(string name, Func<JsonElement, bool> condition)
    {
        if (!dice.Chance(12)) return;
        var wanted = dice.Chance(50);
        Add(name, wanted ? "true" : "false");
        conditions.Add(row => condition(row) == wanted);
    }

    private void Numbers(string name, string member, string[] values) => Range(name, values, (row, bound, isFrom) =>
        row.GetProperty(member) is { ValueKind: JsonValueKind.Number } number && (isFrom ? number.GetDecimal() >= decimal.Parse(bound, CultureInfo.InvariantCulture) : number.GetDecimal() <= decimal.Parse(bound, CultureInfo.InvariantCulture)));

    private void Instants(string name, string member)
    {
        var known = twins.Known(Collection, member, () => [.. Texts(member).Select(At).Distinct().Order().Select(InstantConverter.Format)]);
        Range(name, known, (row, bound, isFrom) => Instant(row, member) is { } at && (isFrom ? at >= At(bound) : at < At(bound)));
    }

    private void Dates(string name, string member)
    {
        var known = twins.Known(Collection, member, () => [.. Texts(member).Order(StringComparer.Ordinal)]);
        Range(name, known, (row, bound, isFrom) => Text(row, member) is { } date && (isFrom ? string.CompareOrdinal(date, bound) >= 0 : string.CompareOrdinal(date, bound) <= 0));
    }

    private void Range(string name, string[] values, Func<JsonElement, string, bool, bool> holds)
    {
        var middle = dice.Next(values.Length);
        var (from, to) = (values[dice.Next(middle + 1)], values[dice.Next(middle, values.Length)]);
        foreach (var (end, bound, isFrom) in new[] { ("From", from, true), ("To", to, false) })
        {
            if (!dice.Chance(10)) continue;
            Add(name + end, bound);
            conditions.Add(row => holds(row, bound, isFrom));
        }
    }

    /// <summary>By repeating the parameter, or with commas.</summary>
    private void Several(string name, List<string> values)
    {
        if (dice.Chance(50)) Add(name, string.Join(',', values));
        else values.ForEach(value => Add(name, value));
    }

    private void Add(string name, string value) => parameters.Add($"{name}={Uri.EscapeDataString(value)}");

    /// <summary>The different texts of a member, of the records that have one.</summary>
    private IEnumerable<string> Texts(string member) => twins.Live[Collection].Select(row => Text(row, member)).OfType<string>().Distinct(StringComparer.Ordinal);

    private static string? Text(JsonElement row, string member) => row.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static DateTimeOffset? Instant(JsonElement row, string member) => Text(row, member) is { } text ? At(text) : null;

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A text that compares by code point when compared ordinally.</summary>
    private static string CodePoints(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private sealed class ByValue : IComparer<IComparable>
    {
        public static readonly ByValue Instance = new();

        public int Compare(IComparable? x, IComparable? y) => x is string text ? string.CompareOrdinal(text, (string?)y) : x!.CompareTo(y);
    }
}
