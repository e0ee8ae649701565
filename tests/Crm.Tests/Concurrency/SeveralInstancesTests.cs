using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Concurrency;

/// <summary>Two instances of the service over one database.</summary>
public sealed class SeveralInstancesTests
{
    [Theory, EachDatabase]
    public async Task What_both_are_asked_for_at_once_happens_once(Database database)
    {
        var connection = await Hosts.NewDatabaseAsync(database);
        await using var first = await CrmHost.StartAsync(database, connection);
        await using var second = await CrmHost.StartAsync(database, connection);
        var ada = first.NewTenant();
        Client[] clients = [ada, new(second, ada.TenantId, "ada", Role.Admin)];
        var task = await ada.MakeAsync("tasks", new { title = "Call" });
        var lead = (await ada.PostAsync("/api/leads", new { lastName = "Lovelace" })).ShouldBe(HttpStatusCode.Created);

        var made = await Race.OfAsync(40, i => clients[i % 2].PostAsync("/api/leads", new { lastName = "King" }, ("Idempotency-Key", "one")));
        var completed = await Race.OfAsync(40, i => clients[i % 2].PutAsync($"/api/tasks/{task}/complete"));
        var changed = await Race.OfAsync(40, i => clients[i % 2].PutAsync($"/api/leads/{lead.Id}", new { lastName = $"Writer {i}" }, ("If-Match", lead.ETag)));

        foreach (var answer in made.Where(answer => answer.Status != HttpStatusCode.Created)) answer.ShouldFail(HttpStatusCode.Conflict, "request-in-progress");
        made.Where(answer => answer.Status == HttpStatusCode.Created).Select(answer => answer.Text).Distinct().Count().ShouldBe(1);
        completed.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
        (await ada.EventsAsync(task)).ShouldBe(["task.created", "task.completed"]);
        changed.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        changed.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed).ShouldBe(39);
        (await clients[1].GetAsync("/api/leads"))["total"].GetInt32().ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task A_clock_that_is_behind_makes_no_stay_end_before_it_began(Database database)
    {
        var clock = new MovableClock();
        var connection = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connection, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var client = host.NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var deal = await client.MakeAsync("deals", new { name = "Engine" });

        clock.Advance(TimeSpan.FromMinutes(-5));
        (await client.PatchAsync($"/api/leads/{lead}", new { status = "CONTACTED" })).ShouldBe(HttpStatusCode.OK);
        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "PROPOSAL" })).ShouldBe(HttpStatusCode.OK);

        foreach (var path in new[] { $"/api/leads/{lead}/history", $"/api/deals/{deal}/history" })
        {
            var stays = (await client.GetAsync(path)).Items;
            stays.Count.ShouldBe(2);
            stays[0].GetProperty("leftAt").GetString().ShouldBe(stays[0].GetProperty("enteredAt").GetString());
            stays[0].GetProperty("seconds").GetInt64().ShouldBe(0);
            stays[1].GetProperty("enteredAt").GetString().ShouldBe(stays[0].GetProperty("leftAt").GetString());
            stays[1].GetProperty("seconds").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
        }
    }
}
