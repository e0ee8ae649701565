using System.Net;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Concurrency;

/// <summary>However a deletion and what speaks against it meet, no live record is left that belongs to a deleted one.</summary>
public sealed class DeletionRaceTests
{
    private const int Rounds = 200;
    private const int FewerRounds = 75;
    private const int AtOnce = 8;

    private static readonly HttpStatusCode[] DoneOrRefused =
        [HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.NoContent, HttpStatusCode.NotFound, HttpStatusCode.Conflict, HttpStatusCode.UnprocessableEntity];

    [Theory, EachDatabase]
    public async Task A_lead_deleted_while_it_gets_children_leaves_no_orphan(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await EachRoundAsync(Rounds, async () =>
        {
            var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
            var (elsewhere, task) = (await client.MakeAsync("tasks", new { title = "Of nobody" }), await client.MakeAsync("tasks", new { title = "Of the lead", leadId = lead }));
            await AllAtOnceAsync(
                () => client.DeleteAsync($"/api/leads/{lead}"),
                () => client.PostAsync("/api/tasks", new { title = "Call back", leadId = lead }),
                () => client.PostAsync("/api/deals", new { name = "Engine", leadId = lead }),
                () => client.PostAsync("/api/activities", new { type = "CALL", subject = "Called", leadId = lead }),
                () => client.PostAsync("/api/activities", new { type = "CALL", subject = "Called", taskId = task }),
                () => client.PatchAsync($"/api/tasks/{elsewhere}", new { leadId = lead }));
        });

        (await OrphansAsync(client)).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task A_lead_deleted_while_its_children_come_back_leaves_no_orphan(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await EachRoundAsync(FewerRounds, async () =>
        {
            var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
            var task = await client.MakeAsync("tasks", new { title = "Call back", leadId = lead });
            var activity = await client.MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead });
            var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead });
            var lost = await client.MakeAsync("deals", new { name = "Engine", leadId = lead, stage = "CLOSED_LOST", lostReason = "price" });
            foreach (var path in new[] { $"tasks/{task}", $"activities/{activity}", $"deals/{deal}" }) (await client.DeleteAsync($"/api/{path}")).ShouldBe(HttpStatusCode.NoContent);
            await AllAtOnceAsync(
                () => client.DeleteAsync($"/api/leads/{lead}"),
                () => client.PostAsync($"/api/tasks/{task}/restore"),
                () => client.PostAsync($"/api/activities/{activity}/restore"),
                () => client.PostAsync($"/api/deals/{deal}/restore"),
                () => client.PutAsync($"/api/deals/{lost}/stage", new { stage = "PROPOSAL" }));
        });

        (await OrphansAsync(client)).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task A_deal_or_task_deleted_while_it_gets_children_leaves_no_orphan(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await EachRoundAsync(FewerRounds, async () =>
        {
            var deal = await client.MakeAsync("deals", new { name = "Engine" });
            var task = await client.MakeAsync("tasks", new { title = "Call back", dealId = deal });
            await AllAtOnceAsync(
                () => client.DeleteAsync($"/api/deals/{deal}"),
                () => client.DeleteAsync($"/api/tasks/{task}"),
                () => client.PostAsync("/api/tasks", new { title = "Call back", dealId = deal }),
                () => client.PostAsync("/api/activities", new { type = "CALL", subject = "Called", dealId = deal }),
                () => client.PostAsync("/api/activities", new { type = "CALL", subject = "Called", taskId = task }),
                () => client.PostAsync("/api/activities", new { type = "CALL", subject = "Called", taskId = task }));
        });

        (await OrphansAsync(client)).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task A_closed_deal_of_a_deleted_lead_is_not_reopened(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead, stage = "CLOSED_WON" });
        (await client.DeleteAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.NoContent);

        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "PROPOSAL" })).ShouldFail(HttpStatusCode.Conflict, "parent-deleted");
        (await client.PatchAsync($"/api/deals/{deal}", new { stage = "PROPOSAL" })).ShouldFail(HttpStatusCode.Conflict, "parent-deleted");
        (await client.EventsAsync(deal)).ShouldBe(["deal.created", "deal.won"]);

        (await client.PostAsync($"/api/leads/{lead}/restore")).ShouldBe(HttpStatusCode.OK);
        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "PROPOSAL" })).ShouldBe(HttpStatusCode.OK);
        (await client.EventsAsync(deal)).ShouldBe(["deal.created", "deal.won", "deal.stage_changed", "deal.reopened"]);
    }

    /// <summary>Does all at once, and sees that each is done or refused for a reason.</summary>
    private static async Task AllAtOnceAsync(params Func<Task<Answer>>[] requests)
    {
        foreach (var answer in await Race.OfAsync(requests.Length, i => requests[i]())) answer.Status.ShouldBeOneOf(DoneOrRefused, answer.Text);
    }

    private static Task EachRoundAsync(int rounds, Func<Task> round) =>
        Parallel.ForAsync(0, rounds, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) => await round());

    /// <summary>What lives though a lead, deal or task that it belongs to, and would have been deleted with or kept from deletion, is deleted.</summary>
    private static Task<List<string>> OrphansAsync(Client client) => client.Host.QueryAsync(client.TenantId, async db =>
    {
        var orphans = new List<string>();
        orphans.AddRange(await db.Tasks.Where(t => t.LeadId != null && !db.Leads.Any(l => l.Id == t.LeadId)).Select(t => $"task {t.Id} of a deleted lead").ToListAsync());
        orphans.AddRange(await db.Tasks.Where(t => t.LeadId == null && t.DealId != null && !db.Deals.Any(d => d.Id == t.DealId)).Select(t => $"task {t.Id} of a deleted deal").ToListAsync());
        orphans.AddRange(await db.Deals.Where(d => d.ClosedAt == null && d.LeadId != null && !db.Leads.Any(l => l.Id == d.LeadId)).Select(d => $"open deal {d.Id} of a deleted lead").ToListAsync());
        orphans.AddRange(await db.Activities.Where(a => a.LeadId != null && !db.Leads.Any(l => l.Id == a.LeadId)).Select(a => $"activity {a.Id} of a deleted lead").ToListAsync());
        orphans.AddRange(await db.Activities.Where(a => a.LeadId == null && a.DealId != null && !db.Deals.Any(d => d.Id == a.DealId)).Select(a => $"activity {a.Id} of a deleted deal").ToListAsync());
        orphans.AddRange(await db.Activities.Where(a => a.LeadId == null && a.DealId == null && !db.Tasks.Any(t => t.Id == a.TaskId)).Select(a => $"activity {a.Id} of a deleted task").ToListAsync());
        return orphans;
    });
}
