using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Tasks;

public sealed class TaskFilterTests
{
    [Theory, EachDatabase("type=CALL", "A"), EachDatabase("type=CALL,FOLLOW_UP", "A B C D"), EachDatabase("type=NOTE", ""), EachDatabase("priority=HIGH", "B"), EachDatabase("priority=MEDIUM", "A D")]
    [EachDatabase("completed=true", "C"), EachDatabase("completed=false", "A B D"), EachDatabase("overdue=true", "A"), EachDatabase("overdue=false", "B C D")]
    [EachDatabase("assigneeId=me", "A C"), EachDatabase("assigneeId=bob", "B"), EachDatabase("assigneeId=none", "D"), EachDatabase("assigneeId=none,me", "A C D")]
    [EachDatabase("dueFrom=2026-01-01T00:00:00Z", "A B C"), EachDatabase("dueFrom=2026-01-01T00:00:00.000001Z", "B C"), EachDatabase("dueTo=2026-01-01T00:00:00Z", ""), EachDatabase("dueTo=2026-01-01T00:00:00.000001Z", "A"), EachDatabase("dueTo=9000-01-01T00:00:00Z", "A B C")]
    [EachDatabase("search=ring", "B"), EachDatabase("search=soon", "C"), EachDatabase("completed=false&overdue=false&assigneeId=me", "")]
    public async Task A_filter_finds_just_what_it_says(Database database, string query, string found)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.As(Role.Rep, "bob").GetAsync("/api/me");
        await client.MakeAsync("tasks", new { title = "A", type = "CALL", dueAt = "2026-01-01T00:00:00Z" });
        await client.MakeAsync("tasks", new { title = "B Ring", priority = "HIGH", assigneeId = "bob", dueAt = "2999-01-01T00:00:00Z" });
        var c = await client.MakeAsync("tasks", new { title = "C", priority = "LOW", description = "Soon", dueAt = "2026-01-02T00:00:00Z" });
        await client.PutAsync($"/api/tasks/{c}/complete");
        await client.PostAsync("/api/tasks", """{ "title": "D", "assigneeId": null }""");

        Titles(await client.GetAsync($"/api/tasks?sort=title&{query}")).ShouldBe(found);
    }

    [Theory, EachDatabase]
    public async Task Tasks_are_found_by_their_lead_and_their_deal(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (_, lead) = await client.MakeOneAsync("leads");
        var (_, deal) = await client.MakeOneAsync("deals");
        await client.MakeAsync("tasks", new { title = "A", leadId = lead });
        await client.MakeAsync("tasks", new { title = "B", dealId = deal });
        await client.MakeAsync("tasks", new { title = "C" });

        Titles(await client.GetAsync($"/api/tasks?leadId={lead}")).ShouldBe("A");
        Titles(await client.GetAsync($"/api/tasks?dealId={deal}")).ShouldBe("B");
        Titles(await client.GetAsync($"/api/tasks?leadId={lead}&dealId={deal}")).ShouldBe("");
        Titles(await client.GetAsync($"/api/tasks?leadId={Guid.CreateVersion7()},{lead}")).ShouldBe("A");
    }

    [Theory, EachDatabase("", "C A B D"), EachDatabase("dueAt,title", "C A B D"), EachDatabase("-dueAt,title", "B D A C"), EachDatabase("priority", "D A B C"), EachDatabase("-priority", "C B A D"), EachDatabase("title", "A B C D"), EachDatabase("-title", "D C B A"), EachDatabase("createdAt", "B A C D"), EachDatabase("-createdAt", "D C A B"), EachDatabase("updatedAt", "A C D B"), EachDatabase("-updatedAt", "B D C A")]
    public async Task Tasks_come_in_the_order_asked_for_by_default_the_next_due_first_and_walked_by_cursor_in_the_same(Database database, string sort, string order)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var b = await client.MakeAsync("tasks", new { title = "b", priority = "HIGH" });
        await client.MakeAsync("tasks", new { title = "A", dueAt = "2027-02-01T00:00:00Z" });
        await client.MakeAsync("tasks", new { title = "c", priority = "URGENT", dueAt = "2027-01-31T23:59:59.999999Z" });
        await client.MakeAsync("tasks", new { title = "D", priority = "LOW" });
        await client.PatchAsync($"/api/tasks/{b}", new { description = "Changed last" });
        var query = sort.Length == 0 ? "" : $"&sort={sort}";

        Titles(await client.GetAsync($"/api/tasks?take=4{query}")).ShouldBe(order);
        var walked = new List<string>();
        var page = await client.GetAsync($"/api/tasks?take=1{query}");
        walked.Add(Titles(page));
        while (page["nextCursor"].GetString() is { } cursor)
        {
            page = await client.GetAsync($"/api/tasks?take=1&cursor={cursor}");
            walked.Add(Titles(page));
        }

        string.Join(' ', walked).ShouldBe(order);
    }

    private static string Titles(Answer list) =>
        string.Join(' ', list.ShouldBe(HttpStatusCode.OK).Items.Select(task => task.GetProperty("title").GetString()!.Split(' ')[0].ToUpperInvariant()));
}
