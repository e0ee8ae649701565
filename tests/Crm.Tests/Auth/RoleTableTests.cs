using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.Walls;
using Shouldly;
using Xunit;

namespace Crm.Tests.Auth;

/// <summary>Who may do what: the whole table, against every endpoint that the running service has.</summary>
public sealed class RoleTableTests
{
    /// <summary>
    /// Every operation with the least role that it takes. A new operation needs its line here. At the door it isn't a role that counts but
    /// a password, a token or a session, since it is where one gets them; the tests in Accounts tell who is let in there.
    /// </summary>
    private const string Table = """
        GET    /                               anybody
        GET    /health                         anybody
        GET    /health/live                    anybody
        GET    /health/ready                   anybody
        GET    /openapi/v1.json                anybody

        GET    /auth/setup                     door
        POST   /auth/setup                     door
        POST   /auth/sign-in                   door
        GET    /auth/antiforgery               door
        POST   /auth/sign-out                  door
        POST   /auth/sign-out-everywhere       door
        GET    /auth/me                        door
        PUT    /auth/password                  door
        POST   /auth/token                     door
        POST   /auth/revoke                    door
        POST   /auth/invitations/accept        door
        GET    /sign-in                        anybody
        POST   /sign-in                        door
        GET    /setup                          anybody
        POST   /setup                          door
        GET    /invitation                     anybody
        POST   /invitation                     door

        GET    /api/activities                 VIEWER
        POST   /api/activities                 REP
        GET    /api/activities/{id}            VIEWER
        PUT    /api/activities/{id}            REP
        PATCH  /api/activities/{id}            REP
        DELETE /api/activities/{id}            MANAGER
        POST   /api/activities/{id}/restore    MANAGER

        GET    /api/conversions                VIEWER
        GET    /api/conversions/{id}           VIEWER
        POST   /api/conversions/{id}/cancel    MANAGER
        POST   /api/conversions/{id}/retry     MANAGER

        GET    /api/customers                  VIEWER
        GET    /api/customers/{id}             VIEWER

        GET    /api/deals                      VIEWER
        POST   /api/deals                      REP
        GET    /api/deals/{id}                 VIEWER
        PUT    /api/deals/{id}                 REP
        PATCH  /api/deals/{id}                 REP
        DELETE /api/deals/{id}                 MANAGER
        GET    /api/deals/{id}/history         VIEWER
        POST   /api/deals/{id}/restore         MANAGER
        PUT    /api/deals/{id}/stage           REP
        GET    /api/deals/{id}/timeline        VIEWER

        GET    /api/events                     VIEWER
        GET    /api/events/consumers           ADMIN
        GET    /api/events/parked              ADMIN
        POST   /api/events/redrive             ADMIN
        GET    /api/events/stream              VIEWER

        GET    /api/leads                      VIEWER
        POST   /api/leads                      REP
        GET    /api/leads/{id}                 VIEWER
        PUT    /api/leads/{id}                 REP
        PATCH  /api/leads/{id}                 REP
        DELETE /api/leads/{id}                 MANAGER
        POST   /api/leads/convert              MANAGER
        POST   /api/leads/{id}/convert         REP
        GET    /api/leads/{id}/history         VIEWER
        POST   /api/leads/{id}/restore         MANAGER
        GET    /api/leads/{id}/score           VIEWER
        GET    /api/leads/{id}/timeline        VIEWER

        GET    /api/automation/scoring         VIEWER
        PATCH  /api/automation/scoring         MANAGER
        GET    /api/automation/scoring/model MANAGER
        GET    /api/automation/scoring/models MANAGER
        POST   /api/automation/scoring/train   MANAGER

        GET    /api/tasks                      VIEWER
        POST   /api/tasks                      REP
        GET    /api/tasks/{id}                 VIEWER
        PUT    /api/tasks/{id}                 REP
        PATCH  /api/tasks/{id}                 REP
        DELETE /api/tasks/{id}                 MANAGER
        PUT    /api/tasks/{id}/complete        REP
        DELETE /api/tasks/{id}/complete        REP
        POST   /api/tasks/{id}/restore         MANAGER

        GET    /api/invitations                ADMIN
        POST   /api/invitations                ADMIN
        GET    /api/invitations/{id}           ADMIN
        POST   /api/invitations/{id}/revoke    ADMIN

        GET    /api/me                         VIEWER
        GET    /api/members                    VIEWER
        GET    /api/members/{userId}           VIEWER
        PUT    /api/members/{userId}           ADMIN
        PATCH  /api/members/{userId}           ADMIN

        GET    /api/notifications              VIEWER
        GET    /api/notifications/unread-count VIEWER
        PUT    /api/notifications/{id}/read    VIEWER
        DELETE /api/notifications/{id}/read    VIEWER
        POST   /api/notifications/read-all     VIEWER
        GET    /api/notifications/preferences  VIEWER
        PUT    /api/notifications/preferences  VIEWER
        PATCH  /api/notifications/preferences  VIEWER

        GET    /api/pipelines                  VIEWER
        POST   /api/pipelines                  ADMIN
        GET    /api/pipelines/{id}             VIEWER
        PUT    /api/pipelines/{id}             ADMIN
        PATCH  /api/pipelines/{id}             ADMIN
        DELETE /api/pipelines/{id}             ADMIN

        GET    /api/analytics/pipeline         VIEWER
        GET    /api/analytics/forecast         VIEWER
        GET    /api/analytics/funnel           VIEWER
        GET    /api/analytics/win-rate         VIEWER
        GET    /api/analytics/velocity         VIEWER
        GET    /api/analytics/stages           VIEWER
        GET    /api/analytics/movement         VIEWER
        GET    /api/analytics/deals            VIEWER
        GET    /api/analytics/leads            VIEWER
        GET    /api/analytics/leads/counted    VIEWER
        GET    /api/analytics/activities       VIEWER
        GET    /api/analytics/activities/counted VIEWER
        GET    /api/analytics/tasks            VIEWER
        GET    /api/analytics/tasks/counted    VIEWER
        GET    /api/analytics/leaderboard      VIEWER

        GET    /api/dashboards                 VIEWER
        POST   /api/dashboards                 REP
        GET    /api/dashboards/{id}            VIEWER
        PUT    /api/dashboards/{id}            REP
        PATCH  /api/dashboards/{id}            REP
        DELETE /api/dashboards/{id}            REP
        GET    /api/dashboards/{id}/reports    VIEWER
        GET    /api/dashboards/{id}/reports/{key} VIEWER
        GET    /api/dashboards/{id}/deliveries VIEWER

        GET    /api/search                     VIEWER
        GET    /api/search/suggest             VIEWER

        GET    /api/teams                      VIEWER
        POST   /api/teams                      ADMIN
        GET    /api/teams/{id}                 VIEWER
        PATCH  /api/teams/{id}                 ADMIN
        DELETE /api/teams/{id}                 ADMIN

        GET    /api/automation/routing         VIEWER
        PATCH  /api/automation/routing         MANAGER
        GET    /api/automation/availability/{userId} VIEWER
        PATCH  /api/automation/availability/{userId} REP
        GET    /api/leads/{id}/routing         VIEWER
        POST   /api/leads/{id}/route           MANAGER

        GET    /api/automation/templates       VIEWER
        GET    /api/automation/runs            MANAGER
        POST   /api/automation/runs/{id}/retry MANAGER
        GET    /api/automation/workflows       VIEWER
        POST   /api/automation/workflows       MANAGER
        GET    /api/automation/workflows/{id}  VIEWER
        PATCH  /api/automation/workflows/{id}  MANAGER
        DELETE /api/automation/workflows/{id}  MANAGER
        POST   /api/automation/workflows/{id}/activate MANAGER
        POST   /api/automation/workflows/{id}/deactivate MANAGER
        GET    /api/automation/workflows/{id}/versions VIEWER
        POST   /api/automation/workflows/{id}/test MANAGER
        POST   /api/automation/workflows/{id}/rehearse MANAGER

        GET    /api/goals                      VIEWER
        POST   /api/goals                      MANAGER
        GET    /api/goals/{id}                 VIEWER
        PATCH  /api/goals/{id}                 MANAGER
        DELETE /api/goals/{id}                 MANAGER

        GET    /api/api-keys                   ADMIN
        POST   /api/api-keys                   ADMIN
        GET    /api/api-keys/{id}              ADMIN
        PATCH  /api/api-keys/{id}              ADMIN
        DELETE /api/api-keys/{id}              ADMIN
        GET    /api/webhooks                   ADMIN
        POST   /api/webhooks                   ADMIN
        GET    /api/webhooks/{id}              ADMIN
        PATCH  /api/webhooks/{id}              ADMIN
        DELETE /api/webhooks/{id}              ADMIN
        GET    /api/webhooks/{id}/deliveries   ADMIN
        POST   /api/webhooks/{id}/disable      ADMIN
        POST   /api/webhooks/{id}/enable       ADMIN
        POST   /api/webhooks/{id}/redrive      ADMIN
        POST   /api/webhooks/{id}/replay       ADMIN
        POST   /api/webhooks/{id}/rotate-secret ADMIN
        POST   /api/webhooks/{id}/test         ADMIN
        GET    /api/audit                      ADMIN
        GET    /api/audit/head                 ADMIN

        GET    /api/settings                   VIEWER
        PUT    /api/settings                   ADMIN
        PATCH  /api/settings                   ADMIN
        GET    /api/settings/rates             VIEWER
        POST   /api/settings/rates             ADMIN
        """;

    /// <summary>What a tenant with few outcomes is refused, whoever asks.</summary>
    private static readonly string[] OfOutcomes = ["POST /api/automation/scoring/train", "GET /api/automation/scoring/model"];

    private static readonly Dictionary<string, string> Expected = Table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToDictionary(parts => $"{parts[0]} {parts[1]}", parts => parts[2], StringComparer.Ordinal);

    [Fact]
    public async Task The_table_has_every_operation_that_there_is_and_no_other()
    {
        var names = Operation.All(await Hosts.For(Database.Sqlite)).Select(operation => operation.Name).ToList();

        names.Except(Expected.Keys).ShouldBeEmpty("add a line with the role that it takes by API.md to the table of this test");
        Expected.Keys.Except(names).ShouldBeEmpty("these are gone; take their lines out of the table of this test");
    }

    [Theory, EachDatabase]
    public async Task Each_operation_takes_its_role_and_no_less(Database database)
    {
        var host = await Hosts.For(database);
        var admin = host.NewTenant();
        var world = await World.MakeAsync(admin, $"user-{Guid.CreateVersion7():N}");
        var faults = new List<string>();
        foreach (var operation in Operation.All(host).Where(operation => Expected.GetValueOrDefault(operation.Name) != "door"))
        {
            foreach (var role in new Role?[] { null, Role.Viewer, Role.Rep, Role.Manager, Role.Admin })
            {
                var expected = StatusFor(Expected.GetValueOrDefault(operation.Name), role);
                var changes = operation is { IsBelowApi: true, Method: not "GET" } && expected == HttpStatusCode.OK;
                var answer = await SendAsync(host, operation, role, changes ? await world.FreshAsync() : world);
                var seen = answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? answer.Status : HttpStatusCode.OK;
                if (seen != expected) faults.Add($"{operation.Name} by {role?.ToString() ?? "nobody"}: {(int)answer.Status}, not {(int)expected}");
                if (seen == HttpStatusCode.OK && !OfOutcomes.Contains(operation.Name)) ((int)answer.Status).ShouldBeLessThan(400, $"{operation.Name} by {role}: {answer.Text}");
            }
        }

        faults.ShouldBeEmpty();
    }

    [Theory]
    [EachDatabase("/api")]
    [EachDatabase("/api/")]
    [EachDatabase("/api/nothing/like/it")]
    [EachDatabase("/api/leads/")]
    [EachDatabase("/API/LEADS")]
    [EachDatabase("/api//leads")]
    [EachDatabase("//api/leads")]
    [EachDatabase("/%61pi/leads")]
    [EachDatabase("/api%2Fleads")]
    [EachDatabase("/api%5Cleads")]
    [EachDatabase("/./api/leads")]
    [EachDatabase("/docs/../api/leads")]
    [EachDatabase("/health/..%2Fapi/leads")]
    [EachDatabase("/api/leads;x=1")]
    [EachDatabase("/api/leads%00")]
    public async Task No_way_of_writing_a_path_leads_past_the_door(Database database, string target)
    {
        var host = await Hosts.For(database);

        var answer = await RawHttp.SendAsync(host.Address, "GET", target, ("X-Tenant-Id", Guid.CreateVersion7().ToString()));

        RawHttp.StatusOf(answer).ShouldBeOneOf(400, 401, 404);
    }

    [Fact]
    public async Task The_docs_are_open_to_anybody()
    {
        var host = await Hosts.For(Database.Sqlite);

        foreach (var path in new[] { "/docs/index.html", "/openapi/v1.json", "/health", "/health/live", "/health/ready" })
        {
            using var answer = await host.Http.GetAsync(path, TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    private static HttpStatusCode StatusFor(string? least, Role? role)
    {
        if (least == "anybody") return HttpStatusCode.OK;
        if (role is null) return HttpStatusCode.Unauthorized;
        return least is not null && role >= Enum.Parse<Role>(least, ignoreCase: true) ? HttpStatusCode.OK : HttpStatusCode.Forbidden;
    }

    /// <summary>A right request about the tenant's own records, so that what isn't forbidden works.</summary>
    private static async Task<Answer> SendAsync(CrmHost host, Operation operation, Role? role, World world)
    {
        var path = operation.Path;
        if (operation.PathIds.Count > 0) path = operation.PathWith(Samples.IdsFor(operation, new IdPlace(PlaceKind.Path, operation.PathIds[0]), world)![0]);
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path);
        if (operation.IsBelowApi) request.Headers.Add("X-Tenant-Id", world.Client.TenantId.ToString());
        if (role is { } known) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.Token(world.Client.TenantId, Samples.UserFor(operation, world), known));
        if (Samples.BodyFor(operation, world) is { } body) request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await host.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }
}
