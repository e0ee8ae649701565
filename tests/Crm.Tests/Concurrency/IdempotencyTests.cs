using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Concurrency;

public sealed class IdempotencyTests
{
    private const string Header = "Idempotency-Key";

    [Theory, EachDatabase]
    public async Task A_hundred_requests_under_one_key_happen_once_and_are_answered_alike(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answers = await Race.OfAsync(100, _ => Race.UntilAnsweredAsync(() => client.PostAsync("/api/leads", new { lastName = "Lovelace" }, (Header, "one"))));

        foreach (var answer in answers) ShouldBeTheSame(answer.ShouldBe(HttpStatusCode.Created), answers[0]);
        (await client.GetAsync("/api/leads"))["total"].GetInt32().ShouldBe(1);
        (await client.EventsAsync(answers[0].Id)).ShouldBe(["lead.created"]);
    }

    [Theory, EachDatabase]
    public async Task Every_collection_replays_its_first_answer_and_so_does_a_refusal(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var used = 0;
        foreach (var (path, body) in new (string, object?)[]
                 {
                     ("/api/leads", new { lastName = "Babbage" }), ("/api/deals", new { name = "Engine", value = 12.5m }), ("/api/tasks", new { title = "Call back" }), ("/api/activities", new { type = "NOTE", subject = "Met", leadId = lead }),
                     ($"/api/leads/{lead}/restore", null), ($"/api/leads/{Guid.CreateVersion7()}/restore", null), ("/api/deals", new { name = "Engine", leadId = Guid.CreateVersion7() }), ("/api/leads", new { lastName = "x", status = "CONVERTED" }),
                 })
        {
            var key = (Header, $"key {used++}");
            var first = await client.PostAsync(path, body, key);
            var hash = await client.DataHashAsync();
            ShouldBeTheSame(await client.PostAsync(path, body, key), first);
            (await client.DataHashAsync()).ShouldBe(hash);
            first.Headers["Cache-Control"].ShouldNotBeNull();
            await client.PatchAsync("/api/settings", new { name = Guid.CreateVersion7().ToString() }); // life goes on; the answer stays
            ShouldBeTheSame(await client.PostAsync(path, body, key), first);
            if (body is not null) (await client.PostAsync(path, new { other = true }, key)).ShouldFail(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        }
    }

    [Theory, EachDatabase]
    public async Task A_key_is_private_to_tenant_user_and_path(Database database)
    {
        var host = await Hosts.For(database);
        var client = host.NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var body = new { lastName = "Lovelace" };

        var first = (await client.PostAsync("/api/leads", body, (Header, "shared"))).ShouldBe(HttpStatusCode.Created);

        (await client.As(Role.Admin, "bob").PostAsync("/api/leads", body, (Header, "shared"))).ShouldBe(HttpStatusCode.Created).Id.ShouldNotBe(first.Id);
        (await host.NewTenant().PostAsync("/api/leads", body, (Header, "shared"))).ShouldBe(HttpStatusCode.Created).Id.ShouldNotBe(first.Id);
        (await client.PostAsync("/api/tasks", new { title = "Call back" }, (Header, "shared"))).ShouldBe(HttpStatusCode.Created);
        (await client.PostAsync($"/api/leads/{lead}/restore", null, (Header, "shared"))).ShouldBe(HttpStatusCode.OK);
        (await client.PostAsync("/api/leads", body, (Header, "Shared"))).ShouldBe(HttpStatusCode.Created).Id.ShouldNotBe(first.Id);
    }

    [Theory, EachDatabase]
    public async Task A_key_means_nothing_but_on_a_POST(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });

        (await client.PatchAsync($"/api/leads/{lead}", new { firstName = "Ada" }, (Header, "one")))["version"].GetInt32().ShouldBe(2);
        (await client.PatchAsync($"/api/leads/{lead}", new { firstName = "Augusta" }, (Header, "one")))["version"].GetInt32().ShouldBe(3);
    }

    [Theory, EachDatabase]
    public async Task A_key_is_one_of_up_to_255_printable_characters(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var body = new { lastName = "Lovelace" };

        (await client.PostAsync("/api/leads", body, (Header, new string('k', 255)))).ShouldBe(HttpStatusCode.Created);
        (await client.PostAsync("/api/leads", body, (Header, "\"8e03978e-40d5-43dd-bc93-6894a57f9324\" ~!'%;,"))).ShouldBe(HttpStatusCode.Created);
        foreach (var key in new[] { new string('k', 256), new string('k', 5000), "a\tb", "", " " })
        {
            var answer = (await client.PostAsync("/api/leads", body, (Header, key))).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
            answer.Faults.ShouldBe([Header], key);
        }

        (await client.GetAsync("/api/leads"))["total"].GetInt32().ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task Input_that_was_wrong_leaves_the_key_free(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.PostAsync("/api/leads", new { firstName = "Ada" }, (Header, "one"))).ShouldBe(HttpStatusCode.BadRequest);
        (await client.PostAsync("/api/leads", "{", (Header, "one"))).ShouldBe(HttpStatusCode.BadRequest);
        (await client.As(Role.Viewer, "vic").PostAsync("/api/leads", new { lastName = "Lovelace" }, (Header, "one"))).ShouldBe(HttpStatusCode.Forbidden);

        (await client.PostAsync("/api/leads", new { lastName = "Lovelace" }, (Header, "one"))).ShouldBe(HttpStatusCode.Created);
        (await client.As(Role.Rep, "vic").PostAsync("/api/leads", new { lastName = "Lovelace" }, (Header, "one"))).ShouldBe(HttpStatusCode.Created);
    }

    private static void ShouldBeTheSame(Answer answer, Answer first)
    {
        answer.Status.ShouldBe(first.Status);
        answer.Bytes.ShouldBe(first.Bytes);
        foreach (var header in new[] { "Location", "ETag", "Content-Type", "Cache-Control" }) answer.Headers.GetValueOrDefault(header).ShouldBe(first.Headers.GetValueOrDefault(header), header);
    }
}
