using System.Net;
using Crm.Contracts.Members;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>A manager ends a conversion that waits, as long as it is sure that there is no customer; or has it gone on with at once.</summary>
public sealed class CancellingTests(StubbedHosts hosts) : IClassFixture<StubbedHosts>
{
    [Theory, EachDatabase]
    public async Task A_cancelled_conversion_leaves_the_lead_as_it_was_and_another_may_be_begun(Database database)
    {
        var (crm, client, lead, id) = await PendAsync(database);
        crm.Registry.GetWell();

        (await client.As(Role.Rep, "rep").PostAsync($"/api/conversions/{id}/cancel")).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        var cancelled = (await client.PostAsync($"/api/conversions/{id}/cancel")).ShouldBe(HttpStatusCode.OK);

        (cancelled["state"].GetString(), cancelled["endedBy"].GetString(), cancelled["customerId"].GetString()).ShouldBe(("CANCELLED", client.User, null));
        crm.Registry.MethodsFor(client.TenantId).ShouldBe(["POST", "GET"]);
        crm.Registry.MadeOf(lead).ShouldBeEmpty();
        (await client.EventsAsync(lead)).ShouldBe(["lead.created"]);
        (await client.PatchAsync($"/api/leads/{lead}", new { lastName = "Byron" })).ShouldBe(HttpStatusCode.OK)["version"].GetInt32().ShouldBe(2);

        var converted = (await client.ConvertAsync(lead)).ShouldBe(HttpStatusCode.OK);
        converted["conversionId"].GetGuid().ShouldNotBe(id);
        crm.Registry.MethodsFor(client.TenantId).ShouldBe(["POST", "GET", "GET", "POST"]);
        crm.Registry.Asked.Last().Body.ShouldContain("Byron");
        converted["customerId"].GetString().ShouldBe(crm.Registry.MadeOf(lead).ShouldHaveSingleItem());
        (await client.EventsAsync(lead)).ShouldBe(["lead.created", "lead.updated", "lead.converted"]);
    }

    [Theory, EachDatabase]
    public async Task One_whose_customer_was_made_is_completed_instead(Database database)
    {
        var crm = await hosts.For(database);
        var client = crm.Host.NewTenant(Role.Manager);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        crm.Registry.AfterMaking = StubRegistry.HangAsync;
        var id = await client.PendAsync(lead);

        (await client.PostAsync($"/api/conversions/{id}/cancel")).ShouldFail(HttpStatusCode.Conflict, "conversion-ended");

        await client.ShouldBeCompletedAsync(id, lead, crm.Registry.MadeOf(lead).ShouldHaveSingleItem());
    }

    [Theory, EachDatabase(503), EachDatabase(200), EachDatabase(405)]
    public async Task While_the_registry_cannot_tell_it_stays_pending(Database database, int status)
    {
        var (crm, client, lead, id) = await PendAsync(database);
        crm.Registry.Before = _ => Task.FromResult<IResult?>(Results.Text("Welcome", statusCode: status));

        (await client.PostAsync($"/api/conversions/{id}/cancel")).ShouldFail(HttpStatusCode.ServiceUnavailable, "registry-unavailable");

        (await client.ConversionAsync(id))["state"].GetString().ShouldBe("PENDING");
        (await client.PatchAsync($"/api/leads/{lead}", new { lastName = "Byron" })).ShouldFail(HttpStatusCode.Conflict, "conversion-pending");
        crm.Registry.GetWell();
        await client.LetPassAsync(id);
        await crm.GoOnAsync();
        await client.ShouldBeCompletedAsync(id, lead, crm.Registry.MadeOf(lead).ShouldHaveSingleItem());
    }

    [Theory, EachDatabase]
    public async Task One_that_is_being_worked_on_is_neither_cancelled_nor_taken_away(Database database)
    {
        var (crm, client, lead, id) = await PendAsync(database);
        var lease = Guid.CreateVersion7();
        await client.LetPassAsync(id);
        (await client.Host.QueryAsync(client.TenantId, db => db.InTransactionAsync(() => db.LeaseAsync(id, lease, TimeSpan.FromMinutes(5), evenIfWaiting: false, CancellationToken.None), CancellationToken.None))).ShouldBe(1);
        crm.Registry.GetWell();

        (await client.PostAsync($"/api/conversions/{id}/cancel")).ShouldFail(HttpStatusCode.Conflict, "contended");
        (await client.PostAsync($"/api/conversions/{id}/retry")).ShouldBe(HttpStatusCode.Accepted);
        await crm.GoOnAsync();

        (await client.Host.QueryAsync(client.TenantId, db => db.Conversions.AsNoTracking().SingleAsync(c => c.Id == id))).Lease.ShouldBe(lease);
        crm.Registry.MethodsFor(client.TenantId).ShouldBe(["POST"]);
        crm.Registry.MadeOf(lead).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task One_that_has_ended_is_neither_cancelled_nor_tried_again(Database database)
    {
        var (crm, client, cancelled, first) = await PendAsync(database);
        crm.Registry.GetWell();
        (await client.PostAsync($"/api/conversions/{first}/cancel")).ShouldBe(HttpStatusCode.OK);
        var second = (await client.ConvertAsync(await client.MakeAsync("leads", new { lastName = "Byron" }))).ShouldBe(HttpStatusCode.OK)["conversionId"].GetGuid();
        crm.Registry.AnswerPosts(_ => Results.Problem("No.", statusCode: 422));
        var third = (await client.ConvertAsync(cancelled)).ShouldFail(HttpStatusCode.UnprocessableEntity, "registry-rejected")["conversionId"].GetGuid();

        foreach (var id in (Guid[])[first, second, third])
        {
            foreach (var verb in (string[])["cancel", "retry"]) (await client.PostAsync($"/api/conversions/{id}/{verb}")).ShouldFail(HttpStatusCode.Conflict, "conversion-ended");
        }

        foreach (var verb in (string[])["cancel", "retry"]) (await client.PostAsync($"/api/conversions/{Guid.CreateVersion7()}/{verb}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task Tried_again_it_does_not_wait_until_it_is_due(Database database)
    {
        var (crm, client, lead, id) = await PendAsync(database, retryAfter: "300");
        crm.Registry.GetWell();

        (await client.ConvertAsync(lead)).ShouldBe(HttpStatusCode.Accepted);
        (await client.PostAsync($"/api/conversions/{id}/retry")).ShouldBe(HttpStatusCode.OK)["state"].GetString().ShouldBe("COMPLETED");

        await client.ShouldBeCompletedAsync(id, lead, crm.Registry.MadeOf(lead).ShouldHaveSingleItem());
    }

    private async Task<(StubbedHost Crm, Client Client, Guid Lead, Guid Id)> PendAsync(Database database, string? retryAfter = null)
    {
        var crm = await hosts.For(database);
        var client = crm.Host.NewTenant(Role.Manager);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        crm.Registry.AnswerPosts(context =>
        {
            context.Response.Headers.RetryAfter = retryAfter;
            return Results.StatusCode(429);
        });
        return (crm, client, lead, await client.PendAsync(lead));
    }
}
