using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Walls;

/// <summary>
/// Another tenant's id is an id that never existed: for every operation that the service has, and every place in it that takes an id.
/// A tenant's own id at the same place works, so that it is the id that is refused and nothing else.
/// </summary>
public sealed class ForeignIdTests
{
    [Theory, EachDatabase]
    public async Task Every_place_that_takes_an_id_has_a_sample(Database database)
    {
        var host = await Hosts.For(database);
        var world = await World.MakeAsync(host.NewTenant(), NewUser());

        var places = Operation.Api(host).SelectMany(operation => IdPlace.Of(operation).Select(place => (operation, place))).ToList();

        places.Count.ShouldBeGreaterThan(40);
        places.Where(p => Samples.IdsFor(p.operation, p.place, world) is null)
            .Select(p => $"{p.operation.Name} takes an id at {p.place.Kind} {p.place.Name}").ShouldBeEmpty("add where its ids come from to Samples.InPaths or Samples.Named");
        Operation.Api(host).Where(operation => operation.Body is not null && !Samples.Bodies.ContainsKey(operation.Body.Type))
            .Select(operation => $"{operation.Name} takes a {operation.Body!.Type.Name}").ShouldBeEmpty("add a right one to Samples.Bodies");
    }

    [Theory, EachDatabase]
    public async Task The_id_of_another_tenant_in_a_path_is_not_found(Database database)
    {
        await EveryPlaceAsync(database, PlaceKind.Path, (_, answer) => answer.ShouldFail(HttpStatusCode.NotFound, "not-found"));
    }

    [Theory, EachDatabase]
    public async Task The_id_of_another_tenant_in_a_body_is_an_unknown_reference_with_its_pointer(Database database)
    {
        await EveryPlaceAsync(database, PlaceKind.Body, (place, answer) => answer.ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe([IsList(place) ? $"{place.Name}/0" : place.Name]));
    }

    [Theory, EachDatabase]
    public async Task The_id_of_another_tenant_among_several_is_refused_by_itself(Database database)
    {
        await EveryPlaceAsync(database, PlaceKind.Each, fewest: 1, check: (_, answer) =>
        {
            var refusal = answer.ShouldBe(HttpStatusCode.OK).Items.Single().GetProperty("refusal");
            (refusal.GetProperty("status").GetInt32(), refusal.GetProperty("code").GetString()).ShouldBe((404, "not-found"));
        });
    }

    [Theory, EachDatabase]
    public async Task The_id_of_another_tenant_in_a_filter_finds_nothing(Database database)
    {
        await EveryPlaceAsync(database, PlaceKind.Query, (_, answer) =>
        {
            answer.ShouldBe(HttpStatusCode.OK).IsOfNothing.ShouldBeTrue(answer.Text);
            if (answer.Json.TryGetProperty("items", out var items)) items.GetArrayLength().ShouldBe(0);
        });
    }

    [Theory, EachDatabase]
    public async Task The_cursor_of_another_tenant_pages_through_ones_own_rows(Database database)
    {
        var host = await Hosts.For(database);
        var (own, foreign) = (host.NewTenant(), host.NewTenant());
        for (var i = 0; i < 3; i++) await foreign.MakeAsync("leads", new { lastName = $"Theirs {i}" });
        var cursor = (await foreign.GetAsync("/api/leads?take=1&sort=createdAt"))["nextCursor"].GetString()!;
        await own.MakeAsync("leads", new { lastName = "Ours" });

        var page = await own.GetAsync($"/api/leads?take=1&sort=createdAt&cursor={Uri.EscapeDataString(cursor)}");

        page.ShouldBe(HttpStatusCode.OK).Items.Select(item => item.GetProperty("lastName").GetString()).ShouldBe(["Ours"]);
    }

    [Theory, EachDatabase]
    public async Task The_idempotency_key_of_another_tenant_is_a_new_key(Database database)
    {
        var host = await Hosts.For(database);
        var (own, foreign) = (host.NewTenant(), host.NewTenant());
        var theirs = await foreign.PostAsync("/api/leads", new { lastName = "Lovelace" }, ("Idempotency-Key", "one"));

        var ours = await own.PostAsync("/api/leads", new { lastName = "Lovelace" }, ("Idempotency-Key", "one"));

        ours.ShouldBe(HttpStatusCode.Created).Id.ShouldNotBe(theirs.Id);
        (await own.PostAsync("/api/leads", new { lastName = "Hopper" }, ("Idempotency-Key", "one"))).ShouldFail(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    private static async Task EveryPlaceAsync(Database database, PlaceKind kind, Action<IdPlace, Answer> check, int fewest = 4)
    {
        var host = await Hosts.For(database);
        var own = await World.MakeAsync(host.NewTenant(), NewUser());
        var foreign = await World.MakeAsync(host.NewTenant(), NewUser());
        var theirs = await DataHash.OfAsync(host, foreign.Client.TenantId);
        var tried = 0;
        foreach (var operation in Operation.Api(host))
        {
            foreach (var place in IdPlace.Of(operation).Where(place => place.Kind == kind))
            {
                var request = $"{operation.Name} with an id at {place.Name}";
                var fresh = kind == PlaceKind.Query ? own : await own.FreshAsync();
                var subject = operation.PathIds.Count == 0 ? "" : Samples.IdsFor(operation, new IdPlace(PlaceKind.Path, operation.PathIds[0]), fresh)![0];
                var mine = await DataHash.OfAsync(host, own.Client.TenantId);

                foreach (var id in Samples.IdsFor(operation, place, foreign)!)
                {
                    var unknown = Guid.TryParse(id, out _) ? Guid.CreateVersion7().ToString() : new string('x', id.Length);
                    var expected = await SendAsync(operation, subject, place, unknown, own);
                    var answer = await SendAsync(operation, subject, place, id, own);

                    check(place, answer);
                    Comparable(answer, id).ShouldBe(Comparable(expected, unknown), request);
                    tried++;
                }

                (await DataHash.OfAsync(host, foreign.Client.TenantId)).ShouldBe(theirs, request);
                (await DataHash.OfAsync(host, own.Client.TenantId)).ShouldBe(mine, request);

                // Own ids are taken at the same place, so that it was the id that was refused.
                var accepted = await SendAsync(operation, subject, place, Samples.IdsFor(operation, place, kind == PlaceKind.Path ? fresh : own)![0], own);
                ((int)accepted.Status).ShouldBeInRange(200, 299, $"{request} of one's own: {accepted.Text}");
                if (kind == PlaceKind.Query && accepted.Json.TryGetProperty("items", out var items)) items.GetArrayLength().ShouldBePositive(request);
                if (kind == PlaceKind.Each) accepted.Items.Single().GetProperty("refusal").ValueKind.ShouldBe(JsonValueKind.Null, request);
            }
        }

        tried.ShouldBeGreaterThan(fewest);
    }

    /// <summary>Sends an otherwise right request with an id at a place; its subject is what the path names, where the place isn't there.</summary>
    internal static async Task<Answer> SendAsync(Operation operation, string subject, IdPlace place, string id, World own)
    {
        var path = operation.PathWith(place.Kind == PlaceKind.Path ? id : subject);
        if (place.Kind == PlaceKind.Query) path += $"?{place.Name}={Uri.EscapeDataString(id)}";
        if (operation.Path == "/api/analytics/tasks/counted") path += "&figure=UNDATED"; // the sample of a task is due at no time
        var body = Samples.BodyFor(operation, own);
        if (place is { Kind: PlaceKind.Body, Name: "/teamId" }) body!["ownerId"] = null; // a goal is a member's or a team's
        if (place is { Kind: PlaceKind.Body, Name: "/rules/0/candidates/0/teamId" }) Put(body!, place.Name.Replace("team", "user", StringComparison.Ordinal), null); // as is a candidate
        if (place is { Kind: PlaceKind.Body, Name: "/actions/0/webhookId" }) body!["actions"] = new Dictionary<string, object?>[] { new(StringComparer.Ordinal) { ["type"] = "CALL_WEBHOOK" } }; // which alone takes one
        if (place.Kind is PlaceKind.Body or PlaceKind.Each) Put(body!, place.Name, IsList(place) ? new[] { id } : id);
        return await own.Client.SendAsync(new HttpMethod(operation.Method), path, body);
    }

    private static bool IsList(IdPlace place) => place.Name.EndsWith("ids", StringComparison.OrdinalIgnoreCase);

    private static void Put(Dictionary<string, object?> body, string pointer, object? id)
    {
        var names = pointer.Split('/')[1..];
        foreach (var name in names[..^1].Where(name => name != "0"))
        {
            if (!body.TryGetValue(name, out var inner)) body[name] = inner = new Dictionary<string, object?>(StringComparer.Ordinal);
            body = inner as Dictionary<string, object?> ?? ((Dictionary<string, object?>[])inner!)[0];
        }

        body[names[^1]] = id;
    }

    /// <summary>Everything that was answered, without what differs from one request to the next: the trace, the instant, the id itself, and a hash of the body, which has the id in it.</summary>
    internal static string Comparable(Answer answer, string id)
    {
        var body = JsonNode.Parse(answer.Text)!.AsObject();
        if (body.ContainsKey("traceId")) body["traceId"] = "";
        var hasInstant = body.ContainsKey("asOf"); // which is shorter where it ends in zeros
        var headers = answer.Headers.Where(header => header.Key != "Date" && !(hasInstant && header.Key == "Content-Length") && !header.Value.StartsWith("W/", StringComparison.Ordinal)).OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {header.Value}");
        var asOf = body["asOf"]?.GetValue<string>() ?? "(none)";
        return string.Join('\n', [answer.Status.ToString(), .. headers, body.ToJsonString()]).Replace(asOf, "", StringComparison.Ordinal).Replace(Uri.EscapeDataString(asOf), "", StringComparison.Ordinal)
            .Replace(Uri.EscapeDataString(id), "(id)", StringComparison.OrdinalIgnoreCase).Replace(id, "(id)", StringComparison.OrdinalIgnoreCase);
    }

    private static string NewUser() => $"user-{Guid.CreateVersion7():N}";
}
