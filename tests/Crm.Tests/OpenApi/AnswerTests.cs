using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Api.Events;
using Crm.Contracts.Members;
using Crm.Tests.Conversion;
using Crm.Tests.Dashboards;
using Crm.Tests.Kit;
using Crm.Tests.Scoring;
using Crm.Tests.Walls;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Crm.Tests.OpenApi;

/// <summary>The document's own examples are sent, and every answer is held against what the document says of it.</summary>
public sealed class AnswerTests
{
    [Theory, EachDatabase]
    public async Task Every_operation_takes_its_example_and_answers_as_the_document_says(Database database)
    {
        var caller = new Caller((await Hosts.For(database)).NewTenant());

        var lead = await caller.CallAsync("CreateLead", 201);
        var deal = await caller.CallAsync("CreateDeal", 201, body: With(caller.Example("CreateDeal"), ("leadId", lead)));
        var task = await caller.CallAsync("CreateTask", 201, body: With(caller.Example("CreateTask"), ("leadId", lead)));
        var activity = await caller.CallAsync("LogActivity", 201, body: With(caller.Example("LogActivity"), ("leadId", lead)));
        await CallOnRecordAsync(caller, "Lead", lead, "ChangeLead", "ReplaceLead");
        await CallOnRecordAsync(caller, "Deal", deal, "ChangeDeal", "ReplaceDeal");
        await CallOnRecordAsync(caller, "Task", task, "ChangeTask", "ReplaceTask");
        await CallOnRecordAsync(caller, "Activity", activity, "ChangeActivity");
        await caller.CallAsync("ReplaceActivity", 200, activity, With(caller.Example("ReplaceActivity"), ("leadId", lead)));
        await caller.CallAsync("ConvertLeads", 200, body: new { ids = new[] { await caller.CallAsync("CreateLead", 201) } });
        var conversion = await caller.CallAsync("ConvertLead", 200, await caller.CallAsync("CreateLead", 201)); // with a deal, which keeps its lead from being deleted
        await caller.CallAsync("GetConversion", 200, conversion);
        await caller.CallAsync("GetCustomer", 200, (await caller.Client.GetAsync("/api/customers")).Items[0].GetProperty("id").GetString());
        var world = await World.MakeAsync(caller.Client, "somebody");
        await caller.CallAsync("RetryConversion", 200, $"{world.Conversion}");
        await caller.CallAsync("CancelConversion", 200, $"{(await world.FreshAsync()).Conversion}");
        var invitation = await caller.CallAsync("CreateInvitation", 201);
        await caller.CallAsync("GetInvitation", 200, invitation);
        await caller.CallAsync("RevokeInvitation", 200, invitation);
        foreach (var list in (string[])["ListLeads", "ListDeals", "ListTasks", "ListActivities", "ListMembers", "ListTeams", "ListGoals", "ListApiKeys", "ListPipelines", "ListInvitations", "ListConversions", "ListCustomers", "ListAudit", "Search", "Suggest"]) await caller.CallAsync(list, 200);
        foreach (var report in (string[])["GetPipelineReport", "GetForecast", "GetFunnel", "GetWinRate", "GetVelocity", "GetMovement", "GetStageTimes", "ListCountedDeals"]) await caller.CallAsync(report, 200);
        foreach (var report in (string[])["GetLeadReport", "ListCountedLeads", "GetActivityReport", "ListCountedActivities", "GetTaskReport", "ListCountedTasks", "GetLeaderboard"]) await caller.CallAsync(report, 200);
        await caller.CallAsync("GetLeadTimeline", 200, lead);
        await caller.CallAsync("GetLeadHistory", 200, lead);
        foreach (var scoring in (string[])["ChangeScoring", "GetScoring"]) await caller.CallAsync(scoring, 200);
        await caller.CallAsync("TrainScoring", 409);
        await caller.CallAsync("GetScoringModel", 404);
        await caller.Client.KeepModelAsync();
        foreach (var learnt in (string[])["GetScoringModel", "ListScoringModels", "GetScoring"]) await caller.CallAsync(learnt, 200);
        await caller.CallAsync("GetLeadScore", 200, lead);
        await caller.CallAsync("MoveDealToStage", 200, deal);
        await caller.CallAsync("GetDealHistory", 200, deal);
        await caller.CallAsync("GetDealTimeline", 200, deal);
        await caller.CallAsync("CompleteTask", 200, task);
        await caller.CallAsync("ReopenTask", 200, task);
        await caller.CallAsync("GetMe", 200);
        await caller.CallAsync("GetAuditHead", 200);
        foreach (var log in (string[])["ListEvents", "StreamEvents", "ListConsumers", "ListParkedEvents"]) await caller.CallAsync(log, 200);
        foreach (var news in (string[])["ListNotifications", "CountUnreadNotifications", "GetNotificationPreferences", "ReplaceNotificationPreferences", "ChangeNotificationPreferences", "ReadNotifications"]) await caller.CallAsync(news, 200);
        foreach (var mark in (string[])["ReadNotification", "UnreadNotification"]) await caller.CallAsync(mark, 200, $"{world.Notification}");
        await caller.CallAsync("RedriveEvents", 200, body: new { consumer = "sample" });
        await CallOnRecordAsync(caller, "Member", caller.Client.User, "ChangeMember", "ReplaceMember");
        var team = await caller.CallAsync("CreateTeam", 201);
        await CallOnRecordAsync(caller, "Team", team, "ChangeTeam");
        await caller.CallAsync("DeleteTeam", 204, team);
        foreach (var routing in (string[])["ChangeRouting", "GetRouting"]) await caller.CallAsync(routing, 200);
        foreach (var availability in (string[])["ChangeAvailability", "GetAvailability"]) await caller.CallAsync(availability, 200, caller.Client.User);
        var routed = await caller.CallAsync("CreateLead", 201);
        foreach (var route in (string[])["RouteLead", "GetLeadRouting"]) await caller.CallAsync(route, 200, routed);
        foreach (var workflows in (string[])["ListWorkflowTemplates", "ListWorkflows", "ListWorkflowRuns"]) await caller.CallAsync(workflows, 200);
        await caller.CallAsync("RetryWorkflowRun", 200, $"{world.Run}");
        var workflow = await caller.CallAsync("CreateWorkflow", 201);
        foreach (var change in (string[])["GetWorkflow", "RehearseWorkflow", "ActivateWorkflow", "ListWorkflowVersions", "DeactivateWorkflow"]) await caller.CallAsync(change, 200, workflow);
        await caller.CallAsync("TestWorkflow", 200, workflow, new { recordId = lead });
        await caller.CallAsync("ChangeWorkflow", 200, workflow);
        await caller.CallAsync("DeleteWorkflow", 204, workflow);
        var goal = await caller.CallAsync("CreateGoal", 201);
        await CallOnRecordAsync(caller, "Goal", goal, "ChangeGoal");
        await caller.CallAsync("DeleteGoal", 204, goal);
        var key = await caller.CallAsync("CreateApiKey", 201);
        await CallOnRecordAsync(caller, "ApiKey", key, "ChangeApiKey");
        await caller.CallAsync("RevokeApiKey", 204, key);
        var webhook = await caller.CallAsync("CreateWebhook", 201);
        await CallOnRecordAsync(caller, "Webhook", webhook, "ChangeWebhook");
        foreach (var action in (string[])["TestWebhook", "RedriveWebhook", "ReplayWebhook", "RotateWebhookSecret", "DisableWebhook", "EnableWebhook", "ListWebhookDeliveries"]) await caller.CallAsync(action, 200, webhook);
        await caller.CallAsync("ListWebhooks", 200);
        await caller.CallAsync("DeleteWebhook", 204, webhook);
        var pipeline = await caller.CallAsync("CreatePipeline", 201);
        await CallOnRecordAsync(caller, "Pipeline", pipeline, "ChangePipeline", "ReplacePipeline");
        await caller.CallAsync("DeletePipeline", 204, pipeline);
        await caller.Client.KeepRoleAsync();
        var dashboard = await caller.CallAsync("CreateDashboard", 201);
        await CallOnRecordAsync(caller, "Dashboard", dashboard, "ChangeDashboard", "ReplaceDashboard");
        foreach (var answers in (string[])["GetDashboardReports", "GetDashboardReport", "ListDashboardDeliveries"]) await caller.CallAsync(answers, 200, dashboard);
        await caller.CallAsync("ListDashboards", 200);
        await caller.CallAsync("DeleteDashboard", 204, dashboard);
        foreach (var settings in (string[])["ReplaceSettings", "ChangeSettings", "GetSettings", "TellRates", "ListRates"]) await caller.CallAsync(settings, 200);
        foreach (var (noun, id) in ((string, string)[])[("Activity", activity), ("Task", task), ("Deal", deal), ("Lead", lead)])
        {
            await caller.CallAsync($"Delete{noun}", 204, id);
            await caller.CallAsync($"Restore{noun}", 200, id);
        }

        foreach (var health in (string[])["GetHealth", "GetLiveness", "GetReadiness"]) await caller.CallAsync(health, 200);
        caller.Called.Order(StringComparer.Ordinal).ShouldBe(OpenApiDocument.Operations.Where(operation => !operation.Path.StartsWith("/auth/", StringComparison.Ordinal)).Select(operation => operation.Id).Order(StringComparer.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task Every_failure_is_the_problem_that_the_document_says(Database database)
    {
        var caller = new Caller((await Hosts.For(database)).NewTenant());
        var lead = await caller.CallAsync("CreateLead", 201);
        var deal = await caller.CallAsync("CreateDeal", 201);
        await caller.CallAsync("MoveDealToStage", 200, deal);

        await caller.CallAsync("ListLeads", 304, change: request => request.Headers.TryAddWithoutValidation("If-None-Match", "*"));
        await caller.CallAsync("CreateLead", 400, body: new { });
        await caller.CallAsync("GetLead", 401, lead, change: request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "none"));
        await new Caller(caller.Client, Role.Viewer).CallAsync("CreateLead", 403);
        await caller.CallAsync("GetLead", 404, Guid.CreateVersion7().ToString());
        await caller.CallAsync("MoveDealToStage", 409, deal, new { stage = "CLOSED_WON" });
        await caller.CallAsync("ReplaceLead", 412, lead, change: request => request.Headers.TryAddWithoutValidation("If-Match", "\"7\""));
        // Sent only when asked for: the service closes the connection on a body that it won't read.
        await caller.CallAsync("CreateLead", 413, body: new { lastName = new string('x', 1024 * 1024) }, change: request => request.Headers.ExpectContinue = true);
        await caller.CallAsync("CreateLead", 415, change: request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue("text/plain"));
        await caller.CallAsync("CreateLead", 422, body: new { lastName = "Nobody's", ownerId = "nobody" });
    }

    [Theory, EachDatabase]
    public async Task What_a_registry_delays_or_refuses_is_answered_as_the_document_says(Database database)
    {
        await using var registry = await StubRegistry.StartAsync();
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Configuration["Registry:BaseUrl"] = $"{registry.Address}");
        var caller = new Caller(host.NewTenant());
        var lead = await caller.CallAsync("CreateLead", 201);

        registry.Before = _ => Task.FromResult<IResult?>(Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        var conversion = await caller.CallAsync("ConvertLead", 202, lead);
        foreach (var change in (string[])["ChangeLead", "ReplaceLead", "DeleteLead"]) await caller.CallAsync(change, 409, lead);
        await caller.CallAsync("RetryConversion", 202, conversion);
        await caller.CallAsync("CancelConversion", 503, conversion);
        registry.Before = asked => Task.FromResult(asked.Request.Method == "POST" ? Results.Problem("It has no address.", statusCode: StatusCodes.Status422UnprocessableEntity) : null);
        await caller.CallAsync("RetryConversion", 422, conversion);
        await caller.CallAsync("RetryConversion", 409, conversion);
        await caller.CallAsync("CancelConversion", 409, conversion);
        await caller.CallAsync("ConvertLead", 422, lead);
        await caller.CallAsync("ChangeLead", 200, lead, new { status = "UNQUALIFIED" });
        await caller.CallAsync("ConvertLead", 409, lead);
        await caller.CallAsync("ListConversions", 200);
        await caller.CallAsync("ListCustomers", 404);
        await caller.CallAsync("GetCustomer", 404, Guid.CreateVersion7().ToString());
    }

    [Theory, EachDatabase]
    public async Task A_list_that_isnt_counted_has_no_total(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var page = await client.GetAsync("/api/leads?total=none");

        page.Json.TryGetProperty("total", out _).ShouldBeFalse(page.Text);
        page.Json.TryGetProperty("totalIsExact", out _).ShouldBeFalse(page.Text);
    }

    private static async Task CallOnRecordAsync(Caller caller, string noun, string id, params string[] changes)
    {
        await caller.CallAsync($"Get{noun}", 200, id);
        foreach (var change in changes) await caller.CallAsync(change, 200, id);
    }

    private static JsonObject With(JsonElement? example, params (string Name, string Value)[] members)
    {
        var body = JsonObject.Create(example!.Value)!;
        foreach (var (name, value) in members) body[name] = value;
        return body;
    }

    /// <summary>Calls operations by their ids, and holds their answers against the document.</summary>
    private sealed class Caller(Client client, Role role = Role.Admin)
    {
        private readonly HashSet<string> called = new(StringComparer.Ordinal);

        public Client Client => client;

        public IEnumerable<string> Called => called;

        public JsonElement? Example(string id) => OpenApiDocument.Operation(id).Example;

        /// <returns>The id of the record that was answered, if it has one.</returns>
        public async Task<string> CallAsync(string id, int status, string? record = null, object? body = null, Action<HttpRequestMessage>? change = null)
        {
            var operation = OpenApiDocument.Operation(id);
            called.Add(id);
            var path = operation.Path.Replace("{id}", record, StringComparison.Ordinal).Replace("{userId}", record, StringComparison.Ordinal).Replace("{key}", "forecast", StringComparison.Ordinal);
            var text = body is null ? operation.Example?.GetRawText() : JsonSerializer.Serialize(body);

            using var request = new HttpRequestMessage(HttpMethod.Parse(operation.Method), path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", client.Host.Token(client.TenantId, client.User, role));
            request.Headers.Add("X-Tenant-Id", client.TenantId.ToString());
            if (text is not null) request.Content = new StringContent(text, new MediaTypeHeaderValue("application/json"));
            change?.Invoke(request);

            using var response = await client.Host.Http.SendAsync(request);
            var answer = await Answer.ReadAsync(response);

            ((int)answer.Status).ShouldBe(status, $"{id}: {answer.Text}");
            operation.Responses.Keys.ShouldContain(status, id);
            return Check($"{id} {status}", answer, operation.Responses[status]);
        }

        private static string Check(string what, Answer answer, JsonElement response)
        {
            if (response.TryGetProperty("headers", out var headers))
            {
                foreach (var header in headers.EnumerateObject().Where(header => OpenApiDocument.Resolve(header.Value).TryGetProperty("required", out var required) && required.GetBoolean()))
                {
                    answer.Headers.Keys.ShouldContain(header.Name, what);
                }
            }

            if (!response.TryGetProperty("content", out var content))
            {
                answer.Bytes.ShouldBeEmpty(what);
                return "";
            }

            var type = content.GetProperty(answer.Headers["Content-Type"].Split(';')[0]);
            if (answer.Headers["Content-Type"] == EventStream.ContentType) return "";
            SchemaCheck.Faults(answer.Json, type.GetProperty("schema")).ShouldBeEmpty($"{what}: {answer.Text}");
            return answer.Json.TryGetProperty("id", out var id) || answer.Json.TryGetProperty("conversionId", out id) ? id.GetString()! : "";
        }
    }
}
