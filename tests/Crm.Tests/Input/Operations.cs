using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Api.Http;
using Crm.Contracts;
using Crm.Contracts.Activities;
using Crm.Contracts.ApiKeys;
using Crm.Contracts.Conversion;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Deals;
using Crm.Contracts.Events;
using Crm.Contracts.Goals;
using Crm.Contracts.Invitations;
using Crm.Contracts.Leads;
using Crm.Contracts.Members;
using Crm.Contracts.Notifications;
using Crm.Contracts.Pipelines;
using Crm.Contracts.Routing;
using Crm.Contracts.Scoring;
using Crm.Contracts.Settings;
using Crm.Contracts.Tasks;
using Crm.Contracts.Teams;
using Crm.Contracts.Webhooks;
using Crm.Contracts.Workflows;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Tests.Input;

/// <summary>An operation that takes a body, with a path that leads to a record and a body that it would take.</summary>
internal sealed record Operation(HttpMethod Method, string Route, string Path, Type Contract, BodyMode Mode, Func<JsonObject> Make)
{
    private static readonly Dictionary<Type, Func<OneOfEach, JsonObject>> Examples = new()
    {
        [typeof(LeadFields)] = _ => new JsonObject { ["lastName"] = "Lovelace" },
        [typeof(ConvertLead)] = _ => new JsonObject { ["deal"] = new JsonObject { ["name"] = "Engine" } },
        [typeof(ConvertLeads)] = records => new JsonObject { ["ids"] = new JsonArray(records.Ids["leads"]) },
        [typeof(DealFields)] = _ => new JsonObject { ["name"] = "Engine" },
        [typeof(MoveDeal)] = _ => new JsonObject { ["stage"] = "PROPOSAL" },
        [typeof(TaskFields)] = _ => new JsonObject { ["title"] = "Call back" },
        [typeof(ActivityFields)] = records => new JsonObject { ["type"] = "NOTE", ["subject"] = "Met", ["leadId"] = records.Ids["leads"] },
        [typeof(InvitationFields)] = _ => new JsonObject { ["email"] = "grace@crm.example", ["role"] = "REP" },
        [typeof(MemberFields)] = _ => new JsonObject { ["role"] = "REP" },
        [typeof(PipelineFields)] = _ => new JsonObject { ["name"] = $"Pipeline {Guid.CreateVersion7()}", ["stages"] = new JsonArray(Stage("Talking", "OPEN", 30), Stage("Won", "WON", 100), Stage("Lost", "LOST", 0)) },
        [typeof(DashboardFields)] = _ => new JsonObject
        {
            ["name"] = "Monday round",
            ["reports"] = new JsonArray(new JsonObject { ["name"] = "Won", ["report"] = "win-rate" }),
            ["schedule"] = new JsonObject { ["every"] = "day", ["time"] = "07:00", ["by"] = "WEBHOOK" },
        },
        [typeof(TeamFields)] = _ => new JsonObject { ["name"] = $"Team {Guid.CreateVersion7()}" },
        [typeof(GoalFields)] = _ => new JsonObject { ["ownerId"] = "me", ["period"] = Walls.Samples.NewPeriod(), ["target"] = 1_000 },
        [typeof(ApiKeyFields)] = _ => new JsonObject { ["name"] = "Program", ["role"] = "REP" },
        [typeof(ApiKeyChange)] = _ => new JsonObject { ["name"] = "Program" },
        [typeof(WebhookFields)] = _ => new JsonObject { ["url"] = "https://hooks.crm.example/in" },
        [typeof(WebhookChange)] = _ => new JsonObject { ["url"] = "https://hooks.crm.example/in" },
        [typeof(RedriveWebhook)] = _ => new JsonObject { ["since"] = "2026-01-01T00:00:00Z" },
        [typeof(ReplayWebhook)] = _ => new JsonObject { ["since"] = "2026-01-01T00:00:00Z" },
        [typeof(RedriveEvents)] = records => new JsonObject { ["consumer"] = $"webhook:{records.Ids["webhooks"]}" },
        [typeof(ReadAll)] = _ => new JsonObject { ["until"] = "2026-01-01T00:00:00Z" },
        [typeof(PreferenceFields)] = _ => new JsonObject(typeof(PreferenceFields).GetProperties().Select(kind => KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(kind.Name), (JsonNode?)new JsonObject { ["inApp"] = true, ["email"] = false }))),
        [typeof(RoutingFields)] = _ => new JsonObject { ["isActive"] = false, ["rules"] = new JsonArray(new JsonObject { ["name"] = "All", ["strategy"] = "ROUND_ROBIN", ["candidates"] = new JsonArray(new JsonObject { ["userId"] = "me" }) }) },
        [typeof(AvailabilityFields)] = _ => new JsonObject { ["acceptsLeads"] = true, ["workingHours"] = new JsonArray(new JsonObject { ["weekday"] = "MONDAY", ["from"] = "09:00", ["to"] = "17:00" }), ["absences"] = new JsonArray(new JsonObject { ["from"] = "2026-12-24", ["to"] = "2026-12-31" }) },
        [typeof(SettingsFields)] = _ => new JsonObject { ["timeZone"] = "Europe/Berlin", ["currency"] = "EUR", ["workingHours"] = new JsonArray(new JsonObject { ["weekday"] = "MONDAY", ["from"] = "09:00", ["to"] = "17:00" }) },
        [typeof(ScoringFields)] = _ => new JsonObject { ["isActive"] = false, ["by"] = "RULES", ["rules"] = new JsonArray(new JsonObject { ["name"] = "Talked", ["points"] = 10, ["activity"] = new JsonObject { ["withinDays"] = 30 } }) },
        [typeof(WorkflowFields)] = _ => new JsonObject
        {
            ["name"] = "Call",
            ["trigger"] = new JsonObject { ["events"] = new JsonArray("lead.created") },
            ["actions"] = new JsonArray(new JsonObject { ["type"] = "CREATE_TASK", ["text"] = "Call {lastName}" }),
        },
        [typeof(TestWorkflow)] = records => new JsonObject { ["recordId"] = records.Ids["leads"] },
        [typeof(RehearseWorkflow)] = _ => new JsonObject { ["days"] = 1 },
        [typeof(TellRates)] = _ => new JsonObject { ["rates"] = new JsonArray(new JsonObject { ["from"] = "USD", ["to"] = "EUR", ["date"] = "2026-11-01", ["rate"] = 0.9 }) },
    };

    /// <summary>Whether it takes no body, too.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The operation whose body has the contract in a member, where it is about that; null where it is about the body itself.</summary>
    public Operation? Outer { get; init; }

    /// <summary>The member of the outer body that has the contract.</summary>
    public string Inside { get; init; } = "";

    /// <summary>Whether that member is a list, and the contract its first item's.</summary>
    public bool InList { get; init; }

    /// <summary>A body that it would take; made anew each time, as some members are taken once only.</summary>
    public JsonObject Valid => Make();

    public IEnumerable<PropertyInfo> Members => Contract.GetProperties().Where(property => property.CanWrite);

    /// <summary>Every operation below /api that takes a body. Those at the door are tried in Accounts.</summary>
    public static IReadOnlyList<Operation> AllOf(CrmHost host, OneOfEach records) =>
    [
        .. from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           let body = endpoint.Metadata.GetMetadata<BodyMetadata>()
           where body is not null && endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal)
           let route = "/" + endpoint.RoutePattern.RawText!.Trim('/')
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
           select new Operation(new HttpMethod(method), route, records.PathOf(route), body.Type, body.Mode, () => ExampleOf(body.Type, records)) { IsOptional = body.IsOptional },
    ];

    /// <summary>The operation, and once more for each contract within its body.</summary>
    public IEnumerable<Operation> WithInner() =>
    [
        this,
        .. from member in Members
           where IsNested(member) || ItemOf(member) is not null
           let name = JsonNamingPolicy.CamelCase.ConvertName(member.Name)
           let item = ItemOf(member)
           select this with
           {
               Contract = item ?? member.PropertyType,
               Mode = BodyMode.Whole,
               Outer = this,
               Inside = name,
               InList = item is not null,
               Make = () => (JsonObject)(item is null ? Valid[name]! : Valid[name]![0]!).DeepClone(),
           },
    ];

    public static bool IsNested(PropertyInfo member) => new Member(member).IsNested;

    /// <summary>The contract of a member's items, where it is a list of contracts.</summary>
    public static Type? ItemOf(PropertyInfo member) => new Member(member).ItemContract;

    /// <summary>A body with this in the place of the contract that it is about.</summary>
    public string Whole(string body) => Outer is null ? body : Outer.WithRaw(Inside, InList ? $"[{body}]" : body);

    /// <summary>Where a place of the contract is in the body.</summary>
    public string PlaceOf(string place) => Outer is null ? place : $"/{Inside}{(InList ? "/0" : "")}{place}";

    /// <summary>A body that it would take but for some members.</summary>
    public JsonObject With(string member, JsonNode? value)
    {
        var body = (JsonObject)Valid.DeepClone();
        body[member] = value;
        return body;
    }

    /// <summary>A body that it would take, with a member written as text, so that it may be what no JSON value is.</summary>
    public string WithRaw(string member, string value)
    {
        const string Placeholder = "the place of a raw value";
        return With(member, Placeholder).ToJsonString().Replace($"\"{Placeholder}\"", value, StringComparison.Ordinal);
    }

    public bool Requires(PropertyInfo member) => member.IsDefined(typeof(System.ComponentModel.DataAnnotations.RequiredAttribute));

    /// <summary>Whether it can't do without the member.</summary>
    public bool Misses(PropertyInfo member) =>
        Requires(member) && (Mode == BodyMode.Whole || (Mode == BodyMode.Replacement && !member.IsDefined(typeof(KeptWhenAbsentAttribute))));

    public override string ToString() => $"{Method} {Route}{(Outer is null ? "" : $", in its {Inside}")}";

    private static JsonObject Stage(string name, string kind, int probability) => new() { ["name"] = name, ["kind"] = kind, ["probability"] = probability };

    private static JsonObject ExampleOf(Type contract, OneOfEach records) =>
        Examples.TryGetValue(contract, out var example) ? example(records) : throw new InvalidOperationException($"{contract.Name} needs an example of a body here.");
}

/// <summary>One record of each collection of a tenant.</summary>
internal sealed record OneOfEach(Client Client, IReadOnlyDictionary<string, Guid> Ids)
{
    public static async Task<OneOfEach> MakeAsync(Client client)
    {
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        await client.PatchAsync("/api/automation/routing", new { rules = new[] { new { name = "All", candidates = new[] { new { userId = "me" } } } } });
        return new OneOfEach(client, new Dictionary<string, Guid>(StringComparer.Ordinal)
        {
            ["leads"] = lead,
            ["deals"] = await client.MakeAsync("deals", new { name = "Engine", leadId = lead }),
            ["tasks"] = await client.MakeAsync("tasks", new { title = "Call back", leadId = lead }),
            ["activities"] = await client.MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead }),
            ["teams"] = await client.MakeAsync("teams", new { name = "First", memberIds = new[] { "me" } }),
            ["webhooks"] = await client.MakeAsync("webhooks", new { url = "https://hooks.crm.example/in" }),
            ["api-keys"] = await client.MakeAsync("api-keys", new { name = "Program", role = "REP" }),
            ["goals"] = await client.MakeAsync("goals", new { ownerId = "me", period = Walls.Samples.NewPeriod(), target = 1_000 }),
            ["invitations"] = await client.MakeAsync("invitations", new { email = "ada@crm.example", role = "REP" }),
            ["dashboards"] = await client.MakeAsync("dashboards", new { name = "Monday round", reports = Walls.Samples.Reports }),
            ["pipelines"] = await client.MakeAsync("pipelines", new { name = "Partners", stages = Walls.Samples.Stages }),
            ["workflows"] = await client.MakeAsync("automation/workflows", new { name = "Call", trigger = new { events = Walls.Samples.Events }, actions = new[] { new { type = "NOTIFY", text = "New" } } }),
        });
    }

    /// <summary>A route with the ids of records that exist.</summary>
    public string PathOf(string route)
    {
        var path = route.Replace("{userId}", Client.User, StringComparison.Ordinal).Replace("{key}", "win-rate", StringComparison.Ordinal);
        var collection = route.Split('/').TakeWhile(part => part != "{id:guid}").Last();
        if (Ids.TryGetValue(collection, out var id)) path = path.Replace("{id:guid}", id.ToString(), StringComparison.Ordinal);
        return path.Contains('{', StringComparison.Ordinal) ? throw new InvalidOperationException($"{route} needs a record to lead to here.") : path;
    }
}

/// <summary>Faulty answers, gathered so that a failing test names every operation that is at fault and not only the first.</summary>
internal static class Findings
{
    /// <summary>What of our own insides no caller is told.</summary>
    private static readonly string[] Insides =
        ["Exception", "System.", "Microsoft.", "Npgsql", "Sqlite", "SQLite", "Postgres", "EntityFramework", "Crm.", "Fields", "Nullable", "Int32", "String", "Decimal", "DateTime", "Guid", "SELECT ", "INSERT ", "UPDATE ", "   at "];

    /// <summary>What of an answer isn't a problem as it should be, or null.</summary>
    public static string? Fault(Answer answer, int status, string code, params string[] places)
    {
        if ((int)answer.Status != status) return $"was {(int)answer.Status}, not {status}: {answer.Text}";
        if (!answer.Headers["Content-Type"].StartsWith("application/problem+json", StringComparison.Ordinal)) return $"was {answer.Headers["Content-Type"]}";
        if (answer.Code != code) return $"was {answer.Code}, not {code}: {answer.Text}";
        if (answer["status"].GetInt32() != status || answer["type"].GetString() != $"/problems/{code}" || answer["title"].GetString()!.Length == 0
            || answer["detail"].GetString()!.Length == 0 || answer["instance"].GetString()!.Length == 0 || answer["traceId"].GetString()!.Length == 0) return $"lacks something: {answer.Text}";
        if (places.Except(answer.Faults, StringComparer.Ordinal).Any()) return $"named [{string.Join(", ", answer.Faults)}], not [{string.Join(", ", places)}]: {answer.Text}";
        if (answer.Faults.Except(places, StringComparer.Ordinal).Any()) return $"also named [{string.Join(", ", answer.Faults)}]: {answer.Text}";
        return Insides.FirstOrDefault(word => answer.Text.Contains(word, StringComparison.Ordinal)) is { } inside ? $"told of our insides ({inside}): {answer.Text}" : null;
    }
}
