using System.Collections.Concurrent;
using Crm.Api.Events;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.OpenApi;
using Shouldly;
using Xunit;

namespace Crm.Tests.Input;

/// <summary>Requests generated from the OpenAPI document, good and bad: the service never fails, and answers as the document says.</summary>
public sealed class GeneratedRequestTests
{
    private const int Records = 12;
    private const int MostFindings = 5;

    [Theory, EachDatabase]
    public async Task Whatever_is_sent_is_answered_as_the_document_says_and_never_with_a_fault_of_ours(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pool = await PoolAsync(client);
        var findings = new ConcurrentQueue<string>();
        var answered = new ConcurrentDictionary<int, int>();

        await Parallel.ForAsync(0, Fuzzing.Requests(10_000) / 2, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            if (findings.Count >= MostFindings) return;
            var request = new RequestGenerator(Fuzzing.Dice(i), pool).Next();
            using var message = request.ToMessage();
            using var response = await client.Host.Http.SendAsync(message, ct);
            var answer = await Answer.ReadAsync(response);
            answered.AddOrUpdate((int)answer.Status, 1, (_, count) => count + 1);
            if (Fault(request, answer) is { } fault) findings.Enqueue($"CRM_FUZZ_SEED={Fuzzing.Seed}, request {i} {fault}\n{request}\n\n{(int)answer.Status} {answer.Text}\n");
        });

        findings.ShouldBeEmpty(string.Join('\n', findings));
        // Neither is worth much alone: all refused, or nothing ever refused.
        foreach (var status in new[] { 200, 201, 204, 400, 401, 403, 404, 409, 412, 422 }) answered.GetValueOrDefault(status).ShouldBeGreaterThan(0, $"{status}: {string.Join(", ", answered.OrderBy(pair => pair.Key))}");
    }

    private static string? Fault(GeneratedRequest request, Answer answer)
    {
        var (operation, status) = (request.Operation, (int)answer.Status);
        if (status == 414 && request.Path.Length > 8000 && answer.Bytes.Length == 0) return null; // by the server, as the document's introduction says
        if (status >= 500) return "failed";
        if (!operation.Responses.TryGetValue(status, out var response)) return $"was answered with {status}, which the document doesn't name";
        if (!response.TryGetProperty("content", out var content)) return answer.Bytes.Length == 0 ? null : "was answered with a body that the document doesn't name";
        if (!content.TryGetProperty(answer.Headers["Content-Type"].Split(';')[0], out var type)) return $"was answered with {answer.Headers["Content-Type"]}";
        if (answer.Headers["Content-Type"].StartsWith("text/csv", StringComparison.Ordinal)) return char.IsAsciiLetterLower(answer.Text[0]) && answer.Text.Split("\r\n")[0].Contains(',', StringComparison.Ordinal) ? null : "was answered with no CSV";
        if (answer.Headers["Content-Type"] == EventStream.ContentType) return answer.Text.StartsWith("event: heartbeat", StringComparison.Ordinal) ? null : "was answered with no stream";
        var faults = SchemaCheck.Faults(answer.Json, type.GetProperty("schema")).ToList();
        return faults.Count == 0 ? null : $"was answered otherwise than the document says: {string.Join("; ", faults)}";
    }

    private static async Task<Pool> PoolAsync(Client client)
    {
        string[] users = [client.User, "bob", "cleo", "dora"];
        Role[] roles = [Role.Admin, Role.Manager, Role.Rep, Role.Viewer];
        for (var i = 1; i < users.Length; i++) await client.As(roles[i], users[i]).GetAsync("/api/me");
        var ids = new Dictionary<string, IReadOnlyList<Guid>>(StringComparer.Ordinal)
        {
            ["leads"] = await MakeAsync(i => client.MakeAsync("leads", new { lastName = $"Lovelace {i}", email = "ada@example.com", phone = "+44 20 7946 0000", tags = new List<string> { "vip" } })),
            ["pipelines"] = [(await client.GetAsync("/api/pipelines")).Items[0].GetProperty("id").GetGuid()],
        };
        ids["webhooks"] = await MakeAsync(i => client.MakeAsync("webhooks", new { url = $"https://hooks.crm.example/{i}" }));
        ids["dashboards"] = await MakeAsync(i => client.MakeAsync("dashboards", new { name = $"Round {i}", isShared = true, reports = Walls.Samples.Reports }));
        ids["invitations"] = await MakeAsync(i => client.MakeAsync("invitations", new { email = $"ada{i}@crm.example", role = "REP" }));
        ids["deals"] = await MakeAsync(i => client.MakeAsync("deals", new { name = $"Engine {i}", leadId = ids["leads"][i], value = i }));
        ids["tasks"] = await MakeAsync(i => client.MakeAsync("tasks", new { title = $"Call {i}", leadId = ids["leads"][i], assigneeId = users[i % users.Length] }));
        ids["activities"] = await MakeAsync(i => client.MakeAsync("activities", new { type = "CALL", subject = $"Called {i}", dealId = ids["deals"][i] }));
        ids["conversions"] = await MakeAsync(async i => (await client.PostAsync($"/api/leads/{await client.MakeAsync("leads", new { lastName = $"Hopper {i}" })}/convert"))["conversionId"].GetGuid());
        ids["customers"] = [.. (await client.GetAsync("/api/customers?take=200")).Items.Select(item => item.GetProperty("id").GetGuid())];
        ids["teams"] = await MakeAsync(i => client.MakeAsync("teams", new { name = $"Team {i}", memberIds = new[] { users[i % users.Length] } }));
        ids["goals"] = await MakeAsync(i => client.MakeAsync("goals", new { teamId = ids["teams"][i], period = "2026-Q4", target = 1_000 + i }));
        ids["api-keys"] = await MakeAsync(i => client.MakeAsync("api-keys", new { name = $"Program {i}", role = "REP" }));
        ids["workflows"] = await MakeAsync(i => client.MakeAsync("automation/workflows", new { name = $"Call {i}", trigger = new { events = Walls.Samples.Events }, actions = new object[] { new { type = "NOTIFY", text = "New" } } }));
        foreach (var workflow in ids["workflows"].Take(Records / 2)) await client.PostAsync($"/api/automation/workflows/{workflow}/activate");
        // The admin speaks most of the time.
        var tokens = Enumerable.Range(0, 20).Select(i => i < 4 ? client.Host.Token(client.TenantId, users[i], roles[i]) : client.Host.Token(client.TenantId, client.User, Role.Admin)).Append("none").ToList();
        return new Pool(client.TenantId, tokens, ids, users);
    }

    private static async Task<IReadOnlyList<Guid>> MakeAsync(Func<int, Task<Guid>> make)
    {
        var made = new List<Guid>();
        for (var i = 0; i < Records; i++) made.Add(await make(i));
        return made;
    }
}
