using System.Collections.Concurrent;
using System.Net;
using Crm.Contracts.Members;
using Crm.Contracts.Workflows;
using Crm.Database.Workflows;
using Crm.Tests.Kit;
using Crm.Tests.Logging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Crm.Tests.Walls;

/// <summary>All texts of one tenant carry a canary; whatever another asks, of every operation and with every id of the first, no answer sings.</summary>
public sealed class CanaryTests
{
    private const string Canary = "Zaunkoenig";

    [Theory, EachDatabase]
    public async Task No_word_of_a_tenant_is_in_any_answer_to_another_nor_in_the_logs(Database database)
    {
        using var logs = new CapturedLogs();
        var heard = new ConcurrentQueue<(string Request, string Answer)>();
        await using (var host = await logs.StartHostAsync(database, Environments.Development))
        {
            var own = await World.MakeAsync(host.NewTenant(), "user-of-ours");
            var foreign = await World.MakeAsync(host.NewTenant(), "user-of-theirs");
            await SingAsync(foreign);
            foreach (var list in new[] { "leads", "conversions", "customers", "notifications", "automation/workflows", "automation/runs" }) (await foreign.Client.GetAsync($"/api/{list}")).Text.ShouldContain(Canary); // there is something to be heard

            foreach (var operation in Operation.Api(host))
            {
                foreach (var reader in new[] { own.Client, own.Client.As(Role.Viewer, "viewer-of-ours") })
                {
                    var fresh = await own.FreshAsync();
                    var subject = operation.PathIds.Count == 0 ? "" : Samples.IdsFor(operation, new IdPlace(PlaceKind.Path, operation.PathIds[0]), fresh)![0];
                    await HearAsync(reader, operation, operation.PathWith(subject), Samples.BodyFor(operation, own));
                    foreach (var place in IdPlace.Of(operation))
                    {
                        foreach (var id in Samples.IdsFor(operation, place, foreign)!)
                        {
                            var path = operation.PathWith(place.Kind == PlaceKind.Path ? id : subject);
                            var body = Samples.BodyFor(operation, own);
                            if (place.Kind == PlaceKind.Query) path += $"?{place.Name}={Uri.EscapeDataString(id)}";
                            if (place.Kind == PlaceKind.Each) body![place.Name[1..]] = new[] { id };
                            if (place.Kind == PlaceKind.Body && !place.Name[1..].Contains('/')) body![place.Name[1..]] = id;
                            await HearAsync(reader, operation, path, body);
                        }
                    }
                }
            }

            var misspelt = $"x{Canary[1..]}";
            foreach (var q in new[] { Canary[..4], Canary, misspelt })
            {
                await HearAsync(own.Client, null, $"/api/search?q={q}&take=100", null);
                await HearAsync(own.Client, null, $"/api/search/suggest?q={q}", null);
            }

            foreach (var collection in Records.Collections) await HearAsync(own.Client, null, $"/api/{collection}?search={Canary[..4]}&take=200&total=exact", null);
        }

        heard.Count.ShouldBeGreaterThan(200);
        heard.Where(h => h.Answer.Contains(Canary, StringComparison.OrdinalIgnoreCase)).Select(h => h.Request).ShouldBeEmpty();
        logs.Lines.ShouldNotBeEmpty();
        logs.Lines.ShouldAllBe(line => !line.Whole.Contains(Canary, StringComparison.OrdinalIgnoreCase));

        async Task HearAsync(Client client, Operation? operation, string path, object? body)
        {
            var answer = await client.SendAsync(new HttpMethod(operation?.Method ?? "GET"), path, body);
            ((int)answer.Status).ShouldBeLessThan(500, $"{operation?.Name} {path}: {answer.Text}");
            heard.Enqueue(($"{operation?.Name} {path}", string.Join('\n', answer.Headers.Select(header => $"{header.Key}: {header.Value}").Append(answer.Text))));
        }
    }

    private static async Task SingAsync(World world)
    {
        var client = world.Client;
        var tags = new[] { Canary };
        var lead = new { firstName = Canary, lastName = Canary, email = $"{Canary}@example.com", jobTitle = Canary, companyName = Canary, companyIndustry = Canary, description = Canary, tags };
        foreach (var (path, change) in new (string, object)[]
        {
            ($"/api/leads/{world.Lead}", lead),
            ($"/api/leads/{world.ConvertedLead}", lead),
            ($"/api/deals/{world.Deal}", new { name = Canary, description = Canary, tags }),
            ($"/api/tasks/{world.Task}", new { title = Canary, description = Canary }),
            ($"/api/activities/{world.Activity}", new { subject = Canary, body = Canary }),
            ($"/api/dashboards/{world.Dashboard}", new { name = Canary, reports = new[] { new { key = $"{world.Dashboard}", name = Canary, report = "pipeline", parameters = new { ownerId = Canary } } } }),
            ($"/api/webhooks/{world.Webhook}", new { name = Canary, url = $"https://{Canary}.example/" }),
            ($"/api/automation/workflows/{world.Workflow}", new { name = Canary, description = Canary, condition = new { field = "lastName", @is = Canary }, actions = new object[] { new { type = "ADD_TAG", tag = Canary } } }),
            ("/api/settings", new { name = Canary }),
        })
        {
            (await client.PatchAsync(path, change)).ShouldBe(HttpStatusCode.OK);
        }

        (await client.PutAsync($"/api/deals/{world.Deal}/stage", new { stage = "CLOSED_LOST", lostReason = Canary })).ShouldBe(HttpStatusCode.OK);
        await client.Host.QueryAsync(client.TenantId, db => db.Notifications.ExecuteUpdateAsync(set => set.SetProperty(n => n.Title, Canary).SetProperty(n => n.Actor, Canary)));
        (await client.PostAsync($"/api/automation/workflows/{world.Workflow}/activate")).ShouldBe(HttpStatusCode.OK);
        var steps = WorkflowRun.Json([new WorkflowStepView { Type = WorkflowActionType.AddTag, Tag = Canary }]);
        await client.Host.QueryAsync(client.TenantId, db => db.WorkflowRuns.ExecuteUpdateAsync(set => set.SetProperty(r => r.Problem, Canary).SetProperty(r => r.Steps, steps)));
        await client.Host.QueryAsync(client.TenantId, db => db.Conversions.ExecuteUpdateAsync(set => set.SetProperty(c => c.Problem, Canary)));
        await client.Host.QueryAsync(client.TenantId, db => db.WebhookDeliveries.ExecuteUpdateAsync(set => set.SetProperty(d => d.Problem, Canary).SetProperty(d => d.RequestBody, Canary).SetProperty(d => d.AnswerBody, Canary)));
        await client.Host.QueryAsync(client.TenantId, db => db.Customers.ExecuteUpdateAsync(set => set.SetProperty(c => c.LastName, Canary).SetProperty(c => c.Email, Canary).SetProperty(c => c.CompanyName, Canary)));
    }
}
