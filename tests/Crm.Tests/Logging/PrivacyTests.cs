using System.Net;
using Crm.Tests.Health;
using Crm.Tests.Kit;
using Crm.Tests.Members;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Crm.Tests.Logging;

public sealed class PrivacyTests
{
    private const string Canary = "Kanarienvogel";

    [Theory, EachDatabase]
    public async Task Nothing_that_tells_of_people_is_ever_logged(Database database)
    {
        using var logs = new CapturedLogs();
        string token;
        await using var losable = await LosableDatabase.StartAsync(database);
        await using (var host = await logs.StartHostAsync(database, Environments.Development, losable.ConnectionString))
        {
            var client = host.NewTenant();
            token = Tokens.Of(client.TenantId, "bob", ("name", $"{Canary} in the token"), ("email", $"{Canary}@example.com"), ("role", "ADMIN"));
            var body = new { firstName = Canary, lastName = Canary, email = $"{Canary}@example.com", companyName = Canary, description = Canary, tags = new[] { Canary } };

            (await client.AsAsync(token, HttpMethod.Post, "/api/leads", body)).ShouldBe(HttpStatusCode.Created);
            (await client.AsAsync(token, HttpMethod.Get, $"/api/leads?search={Canary}&ownerId={Canary}&tag={Canary}")).ShouldBe(HttpStatusCode.OK);
            (await client.AsAsync(token, HttpMethod.Get, $"/api/leads?{Canary}={Canary}")).ShouldBe(HttpStatusCode.BadRequest);
            (await client.AsAsync(token, HttpMethod.Get, $"/api/members/{Canary}")).ShouldBe(HttpStatusCode.NotFound);
            (await client.AsAsync(token, HttpMethod.Get, $"/api/{Canary}")).ShouldBe(HttpStatusCode.NotFound);
            (await client.AsAsync(token, HttpMethod.Post, "/api/leads", new { lastName = new string('x', 200) + Canary, email = Canary })).ShouldBe(HttpStatusCode.BadRequest);
            (await client.AsAsync(token, HttpMethod.Post, "/api/leads", new { lastName = Canary, ownerId = Canary })).ShouldBe(HttpStatusCode.UnprocessableEntity);
            (await client.PostAsync("/api/leads", $$"""{ "lastName": {{Canary}} }""")).ShouldBe(HttpStatusCode.BadRequest);
            (await client.PostAsync("/api/leads", body, ("Idempotency-Key", Canary))).ShouldBe(HttpStatusCode.Created);
            (await client.GetAsync("/api/leads", ("If-None-Match", $"\"{Canary}\""))).ShouldBe(HttpStatusCode.OK);
            (await host.SendPlainAsync(HttpMethod.Get, "/api/leads", null, PlainRequests.Bearer($"{Canary}.{Canary}.{Canary}"))).ShouldBe(HttpStatusCode.Unauthorized);
            (await host.SendPlainAsync(HttpMethod.Get, "/api/leads", null, PlainRequests.Bearer(token + "x"))).ShouldBe(HttpStatusCode.Unauthorized);
            (await host.SendPlainAsync(HttpMethod.Get, "/api/leads", null, PlainRequests.Bearer(token), ("X-Tenant-Id", Canary))).ShouldBe(HttpStatusCode.BadRequest);
            await losable.LoseAsync();
            (await client.AsAsync(token, HttpMethod.Post, $"/api/leads?x={Canary}", body)).ShouldBe(HttpStatusCode.ServiceUnavailable);
            await losable.ReturnAsync();
        }

        logs.Requests.Count.ShouldBe(14);
        var secrets = token.Split('.').Skip(1).Append(Canary).Append(CrmHost.SigningKey);
        foreach (var secret in secrets) logs.Lines.ShouldAllBe(line => !line.Whole.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }
}
