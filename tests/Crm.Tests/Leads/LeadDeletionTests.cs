using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Leads;

public sealed class LeadDeletionTests
{
    [Theory, EachDatabase]
    public async Task A_lead_goes_and_comes_back_with_its_tasks_their_activities_and_its_own(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (lead, leadId) = await client.MakeOneAsync("leads");
        var (task, taskId) = await client.MakeOneAsync("tasks", "Of the lead", ("leadId", leadId));
        var (ofLead, ofLeadId) = await client.MakeOneAsync("activities", "Of the lead", ("taskId", null), ("leadId", leadId));
        var (ofTask, ofTaskId) = await client.MakeOneAsync("activities", "Of its task", ("taskId", taskId));
        var (other, _) = await client.MakeOneAsync("tasks", "Of nobody");

        (await client.DeleteAsync(lead)).ShouldBe(HttpStatusCode.NoContent);
        foreach (var path in new[] { lead, task, ofLead, ofTask }) (await client.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync(other)).ShouldBe(HttpStatusCode.OK);

        (await client.PostAsync($"{lead}/restore")).ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { lead, task, ofLead, ofTask }) (await client.GetAsync(path)).ShouldBe(HttpStatusCode.OK)["version"].GetInt32().ShouldBe(3);
        (await client.EventsAsync(leadId)).ShouldBe(["lead.created", "lead.deleted", "lead.restored"]);
        (await client.EventsAsync(taskId)).ShouldBe(["task.created", "task.deleted", "task.restored"]);
        foreach (var id in new[] { ofLeadId, ofTaskId }) (await client.EventsAsync(id)).ShouldBe(["activity.logged", "activity.deleted", "activity.restored"]);
    }

    [Theory, EachDatabase]
    public async Task What_was_deleted_before_its_lead_stays_deleted_when_the_lead_comes_back(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (lead, leadId) = await client.MakeOneAsync("leads");
        var (task, taskId) = await client.MakeOneAsync("tasks", "Deleted first", ("leadId", leadId));
        await client.DeleteAsync(task);
        await client.DeleteAsync(lead);

        await client.PostAsync($"{lead}/restore");

        (await client.GetAsync(task)).ShouldBe(HttpStatusCode.NotFound);
        (await client.EventsAsync(taskId)).ShouldBe(["task.created", "task.deleted"]);
    }

    [Theory, EachDatabase]
    public async Task A_lead_goes_without_its_closed_deals_which_stay(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (lead, leadId) = await client.MakeOneAsync("leads");
        var (deal, dealId) = await client.MakeOneAsync("deals", "Won", ("leadId", leadId), ("stage", "CLOSED_WON"));

        (await client.DeleteAsync(lead)).ShouldBe(HttpStatusCode.NoContent);

        (await client.GetAsync(deal)).ShouldBe(HttpStatusCode.OK)["leadId"].GetGuid().ShouldBe(leadId);
        (await client.EventsAsync(dealId)).ShouldBe(["deal.created", "deal.won"]);
    }

    [Theory, EachDatabase]
    public async Task A_deleted_lead_does_not_keep_its_email_address(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace", email = "ada@example.com" });
        await client.DeleteAsync($"/api/leads/{id}");

        (await client.PostAsync("/api/leads", new { lastName = "Lovelace", email = "ada@example.com" })).ShouldBe(HttpStatusCode.Created);
        (await client.PostAsync($"/api/leads/{id}/restore")).ShouldBe(HttpStatusCode.OK);

        (await client.GetAsync("/api/leads?search=ada@example.com"))["total"].GetInt32().ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task A_deleted_lead_is_found_by_its_tag_again_once_it_is_restored(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace", tags = new[] { "vip" } });
        await client.DeleteAsync($"/api/leads/{id}");
        var deleted = await client.GetAsync("/api/leads?tag=vip");
        await client.PostAsync($"/api/leads/{id}/restore");

        deleted["total"].GetInt32().ShouldBe(0);
        (await client.GetAsync("/api/leads?tag=vip")).Items.ShouldHaveSingleItem();
    }
}
