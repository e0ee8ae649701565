using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Contracts.Failures;
using Crm.Contracts.Routing;
using Crm.Contracts.Scoring;
using Crm.Contracts.Settings;
using Crm.Contracts.Validation;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Input;

/// <summary>Members that can't be written, or not so, for every member of every operation that takes a body.</summary>
public sealed class MemberFaultTests
{
    private static readonly string[] ServerOwned =
    [
        "id", "tenantId", "createdAt", "createdBy", "updatedAt", "updatedBy", "version", "deletedAt", "score", "convertedAt", "customerId", "convertedDealId",
        "completedAt", "completedBy", "isOverdue", "stageEnteredAt", "weightedValue", "userId",
    ];

    private static readonly string[] Unknown = ["nothing", "LastName", "lastname", "last_name", "$type", "__proto__", "", " lastName", "a/b~c", "\u0000", "ñ", "lastName\u200b"];

    private static readonly string[] Kinds =
    [
        "{}", "[]", "[[]]", "{\"a\":1}", "true", "1", "1.5", "\"!\"", "\"\"", "[1]", "1e400", "-1e400", "1000000000000000000000000000000", "-1",
        "\"0x10\"", "\"Infinity\"", "\"NaN\"", "\"1,5\"", "\"１\"",
    ];

    private static readonly string[] Unkept = ["\"\\ud800\"", "\"\\udc00\"", "\"x\\ud800x\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"x\\u0000y\"", "\"\\ud83d\""];

    [Theory, EachDatabase]
    public Task A_member_that_there_is_not_is_refused(Database database) => EveryOperationRefusesAsync(database, operation =>
        Unknown.Select(name => (operation.With(name, "x").ToJsonString(), new[] { $"/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}" })));

    [Theory, EachDatabase]
    public Task A_member_that_the_service_sets_is_refused(Database database) => EveryOperationRefusesAsync(database, operation =>
        ServerOwned.Where(name => operation.Members.All(member => Name(member) != name)).Select(name => (operation.With(name, 1).ToJsonString(), new[] { $"/{name}" })));

    [Theory, EachDatabase]
    public Task A_name_with_half_of_a_surrogate_pair_is_refused(Database database) => EveryOperationRefusesAsync(database, operation =>
        [(operation.With("\u0001", 1).ToJsonString().Replace("\\u0001", "\\ud800", StringComparison.Ordinal), ["/?"])]);

    [Theory, EachDatabase]
    public Task A_member_given_twice_is_refused_however_it_is_written(Database database) => EveryOperationRefusesAsync(database, operation =>
        from name in operation.Valid.Select(pair => pair.Key)
        let body = operation.Valid.ToJsonString()
        from again in new[] { name, $"\\u{(int)name[0]:x4}{name[1..]}" }
        select ($"{body[..^1]},\"{again}\":{operation.Valid[name]!.ToJsonString()}}}", new[] { $"/{name}" }));

    [Theory, EachDatabase]
    public Task A_required_member_that_is_missing_null_or_empty_is_refused(Database database) => EveryOperationRefusesAsync(database, operation =>
        from member in operation.Members
        where operation.Requires(member)
        let name = Name(member)
        from body in (IEnumerable<string?>)
            [operation.Misses(member) ? Without(operation, name) : null, operation.With(name, null).ToJsonString(), .. member.PropertyType == typeof(string) ? new[] { operation.With(name, "").ToJsonString(), operation.With(name, " \t\n").ToJsonString() } : []]
        where body is not null
        select (body, new[] { $"/{name}" }));

    [Theory, EachDatabase]
    public Task Null_is_refused_where_a_member_has_a_default_that_is_not_null(Database database) => EveryOperationRefusesAsync(database, operation =>
        from member in operation.Members
        where member.PropertyType.IsEnum
        select (operation.With(Name(member), null).ToJsonString(), new[] { $"/{Name(member)}" }));

    [Theory, EachDatabase]
    public Task A_value_of_another_kind_is_refused(Database database) => EveryOperationRefusesAsync(database, operation =>
        from member in operation.Members
        let kind = KindOf(member)
        from value in Kinds
        where IsOfAnotherKind(kind, value)
        let holds = kind == typeof(List<string>) || kind == typeof(List<Guid>) || kind == typeof(List<DateOnly>) || Operation.ItemOf(member) is not null
        let inside = holds && value is "[[]]" or "[1]" ? "/0" : ""
        select (operation.WithRaw(Name(member), value), new[] { $"/{Name(member)}{inside}" }));

    [Theory, EachDatabase]
    public Task An_enum_is_taken_by_exactly_its_name(Database database) => EveryOperationRefusesAsync(database, operation =>
        from member in operation.Members
        let type = KindOf(member)
        where type.IsEnum
        let names = Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseUpper.ConvertName).ToList()
        from value in new JsonNode[]
        {
            0, 1, "0", "1", 99, -1, names[0].ToLowerInvariant(), Enum.GetNames(type)[0], $"{names[0]},{names[1]}", $"{names[0]}, {names[1]}", $" {names[0]}", $"{names[0]} ", names[0] + "\u0000", "", "NONSENSE",
        }
        select (operation.With(Name(member), value).ToJsonString(), new[] { $"/{Name(member)}" }));

    [Theory, EachDatabase]
    public Task Text_that_no_database_keeps_is_refused(Database database) => EveryOperationRefusesAsync(database, operation =>
        from member in operation.Members
        let kind = KindOf(member)
        where kind == typeof(string) || kind == typeof(List<string>)
        from text in Unkept
        select (operation.WithRaw(Name(member), kind == typeof(string) ? text : $"[\"x\",{text}]"), new[] { $"/{Name(member)}{(kind == typeof(string) ? "" : "/1")}" }));

    [Theory, EachDatabase]
    public Task Text_that_is_too_long_is_refused_in_no_time(Database database) => EveryOperationRefusesAsync(database, operation =>
        from member in operation.Members
        where KindOf(member) == typeof(string)
        // The last is what a careless pattern would go over again and again.
        from text in new[] { new string('x', 50_001), new string('a', 50_000) + "@" + new string('a', 50_000), string.Concat(Enumerable.Repeat("a.", 200_000)) + "<" }
        select (operation.With(Name(member), text).ToJsonString(), new[] { $"/{Name(member)}" }));

    [Theory, EachDatabase]
    public Task Every_fault_is_told_at_once(Database database) => EveryOperationRefusesAsync(database, operation =>
    [
        ($"{{{string.Join(',', operation.Members.Select(member => $"\"{Name(member)}\":{(Operation.IsNested(member) || KindOf(member) == typeof(JsonObject) ? "[]" : "{}")}"))},\"nothing\":1,\"id\":1}}", [.. operation.Members.Select(member => $"/{Name(member)}"), "/nothing", "/id"]),
    ]);

    private static async Task EveryOperationRefusesAsync(Database database, Func<Operation, IEnumerable<(string Body, string[] Places)>> faulty)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var requests = Operation.AllOf(client.Host, await OneOfEach.MakeAsync(client)).SelectMany(operation => operation.WithInner())
            .SelectMany(operation => faulty(operation).Select(body => (operation, Body: operation.Whole(body.Body), Places: body.Places.Select(operation.PlaceOf).ToArray()))).ToList();
        var before = await client.DataHashAsync();
        var findings = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (request, _) =>
        {
            var answer = await client.SendRawAsync(request.operation.Method, request.operation.Path, request.Body);
            if (Findings.Fault(answer, 400, FailureCodes.Validation, request.Places) is { } fault) findings.Add($"{request.operation} with {Short(request.Body)} {Short(fault)}");
        });

        requests.ShouldNotBeEmpty();
        findings.ShouldBeEmpty();
        (await client.DataHashAsync()).ShouldBe(before);
    }

    private static string Without(Operation operation, string name)
    {
        var body = (JsonObject)operation.Valid.DeepClone();
        body.Remove(name);
        return body.ToJsonString();
    }

    private static bool IsOfAnotherKind(Type kind, string value)
    {
        var isText = value.StartsWith('"');
        if (kind == typeof(string)) return !isText;
        if (kind == typeof(List<string>) || kind == typeof(List<DateOnly>) || kind == typeof(IReadOnlyList<WorkingHours>) || kind == typeof(IReadOnlyList<ScoringRuleFields>) || kind == typeof(IReadOnlyList<RoutingRuleFields>) || kind == typeof(IReadOnlyList<AbsenceFields>)) return value is not "[]"; // which may be empty
        if (kind == typeof(JsonObject) || (kind.IsClass && kind.Namespace!.StartsWith("Crm.", StringComparison.Ordinal))) return !value.StartsWith('{');
        if (kind == typeof(decimal)) return value is not ("1" or "1.5");
        if (kind == typeof(int)) return value is not "1";
        if (kind == typeof(long)) return value is not ("1" or "-1");
        if (kind == typeof(bool)) return value is not "true";
        return true;
    }

    private static Type KindOf(PropertyInfo member)
    {
        if (member.IsDefined(typeof(ReportParametersAttribute))) return typeof(JsonObject);
        if (member.GetCustomAttribute<RangeAttribute>() is { Minimum: < 0 }) return typeof(long); // a whole number below 0, too
        var type = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
        return type == typeof(IReadOnlyList<string>) ? typeof(List<string>) : type == typeof(IReadOnlyList<Guid>) ? typeof(List<Guid>) : type == typeof(IReadOnlyList<DateOnly>) ? typeof(List<DateOnly>) : type;
    }

    private static string Name(PropertyInfo member) => JsonNamingPolicy.CamelCase.ConvertName(member.Name);

    private static string Short(string text) => text.Length <= 600 ? text : text[..600] + "…";
}
