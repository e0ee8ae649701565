using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Concurrency;

/// <summary>What is asked for fifty times at once happens once.</summary>
public sealed class OneEffectTests
{
    private const int Many = 50;

    [Theory, EachDatabase]
    public async Task A_task_is_completed_once_and_reopened_once(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("tasks", new { title = "Call back" });

        var completed = await Race.OfAsync(Many, _ => client.PutAsync($"/api/tasks/{id}/complete"));
        AllSaidTheSame(completed);
        completed[0]["completedAt"].GetString().ShouldNotBeNull();
        (await client.EventsAsync(id)).ShouldBe(["task.created", "task.completed"]);

        AllSaidTheSame(await Race.OfAsync(Many, _ => client.DeleteAsync($"/api/tasks/{id}/complete")));
        (await client.EventsAsync(id)).ShouldBe(["task.created", "task.completed", "task.reopened"]);
        (await client.GetAsync($"/api/tasks/{id}"))["version"].GetInt32().ShouldBe(3);
    }

    [Theory, EachDatabase]
    public async Task A_deal_moves_once_and_is_won_once(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });

        AllSaidTheSame(await Race.OfAsync(Many, _ => client.PutAsync($"/api/deals/{id}/stage", new { stage = "PROPOSAL" })));
        (await client.EventsAsync(id)).ShouldBe(["deal.created", "deal.stage_changed"]);

        AllSaidTheSame(await Race.OfAsync(Many, _ => client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON" })));
        (await client.EventsAsync(id)).ShouldBe(["deal.created", "deal.stage_changed", "deal.stage_changed", "deal.won"]);

        var stays = (await client.GetAsync($"/api/deals/{id}/history")).Items;
        stays.Select(stay => stay.GetProperty("stage").GetString()).ShouldBe(["LEAD", "PROPOSAL", "CLOSED_WON"]);
        stays.Count(stay => stay.GetProperty("leftAt").GetString() is null).ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task Of_a_deal_won_and_lost_at_once_one_happens(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });

        var answers = await Race.OfAsync(Many, i => client.PutAsync($"/api/deals/{id}/stage", i % 2 == 0 ? new { stage = "CLOSED_WON" } : new { stage = "CLOSED_LOST", lostReason = "price" }));

        var stage = (await client.GetAsync($"/api/deals/{id}"))["stage"].GetString();
        foreach (var (answer, i) in answers.Select((answer, i) => (answer, i)))
        {
            if (stage == (i % 2 == 0 ? "CLOSED_WON" : "CLOSED_LOST")) answer.ShouldBe(HttpStatusCode.OK);
            else answer.ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        }

        (await client.EventsAsync(id)).ShouldBe(["deal.created", "deal.stage_changed", stage == "CLOSED_WON" ? "deal.won" : "deal.lost"]);
        (await client.GetAsync($"/api/deals/{id}/history")).Items.Count.ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task A_lead_is_deleted_once_with_what_belongs_to_it_and_restored_once(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var task = await client.MakeAsync("tasks", new { title = "Call back", leadId = lead });

        var deleted = await Race.OfAsync(Many, _ => client.DeleteAsync($"/api/leads/{lead}"));
        deleted.Count(answer => answer.Status == HttpStatusCode.NoContent).ShouldBe(1);
        deleted.Count(answer => answer.Status == HttpStatusCode.NotFound).ShouldBe(Many - 1);

        AllSaidTheSame(await Race.OfAsync(Many, _ => client.PostAsync($"/api/leads/{lead}/restore")));
        (await client.EventsAsync(lead)).ShouldBe(["lead.created", "lead.deleted", "lead.restored"]);
        (await client.EventsAsync(task)).ShouldBe(["task.created", "task.deleted", "task.restored"]);
    }

    [Theory, EachDatabase]
    public async Task A_tenant_and_a_user_seen_by_many_requests_at_once_are_made_once(Database database)
    {
        var host = await Hosts.For(database);
        var client = host.NewTenant();

        var made = await Race.OfAsync(Many, i => client.PostAsync("/api/leads", new { lastName = $"Lead {i}" }));

        foreach (var answer in made) answer.ShouldBe(HttpStatusCode.Created);
        (await client.GetAsync("/api/members")).Items.Count.ShouldBe(1);
        (await client.GetAsync("/api/pipelines")).Items.Count.ShouldBe(1);
        (await client.GetAsync("/api/leads"))["total"].GetInt32().ShouldBe(Many);
    }

    private static void AllSaidTheSame(Answer[] answers)
    {
        foreach (var answer in answers) answer.ShouldBe(HttpStatusCode.OK).Text.ShouldBe(answers[0].Text);
    }
}
