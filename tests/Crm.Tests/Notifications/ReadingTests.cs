using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Contracts.Notifications;
using Crm.Database.Notifications;
using Crm.Services.Notifications;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Notifications;

/// <summary>What one reads of one's notifications, and marks.</summary>
public sealed class ReadingTests(NotifyingHosts hosts) : IClassFixture<NotifyingHosts>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task They_come_page_by_page_the_newest_first_by_kind_and_by_whether_they_were_read(Database database)
    {
        var (_, bea) = await ToldAsync(database, 5);
        var all = await bea.NotificationsAsync();
        await bea.PutAsync($"/api/notifications/{IdOf(all[1])}/read");

        var (walked, cursor) = (new List<Guid>(), "");
        do
        {
            var page = (await bea.GetAsync($"/api/notifications?take=2{cursor}")).ShouldBe(HttpStatusCode.OK);
            page["total"].GetInt32().ShouldBe(5);
            walked.AddRange(page.Items.Select(IdOf));
            cursor = page["nextCursor"].GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);

        all.Select(item => item.GetProperty("title").GetString()).ShouldBe(["Call 4", "Call 3", "Call 2", "Call 1", "Call 0"]);
        walked.ShouldBe(all.Select(IdOf));
        (await bea.NotificationsAsync("sort=createdAt")).Select(IdOf).ShouldBe(all.Select(IdOf).Reverse());
        (await bea.NotificationsAsync("read=true")).Select(IdOf).ShouldBe([IdOf(all[1])]);
        (await bea.NotificationsAsync("read=false")).Select(IdOf).ShouldBe([IdOf(all[0]), IdOf(all[2]), IdOf(all[3]), IdOf(all[4])]);
        (await bea.KindsAsync("kind=TASK_ASSIGNED,DEAL_WON")).Count.ShouldBe(5);
        (await bea.KindsAsync("kind=DEAL_WON")).ShouldBeEmpty();
        foreach (var query in new[] { "kind=TASK", "read=yes", "sort=number", "search=Call" }) (await bea.GetAsync($"/api/notifications?{query}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
    }

    [Theory, EachDatabase]
    public async Task Marking_as_read_and_as_unread_twice_is_marking_once(Database database)
    {
        var (_, bea) = await ToldAsync(database, 2);
        var path = $"/api/notifications/{IdOf((await bea.NotificationsAsync())[0])}/read";

        var read = (await bea.PutAsync(path)).ShouldBe(HttpStatusCode.OK);
        var again = (await bea.PutAsync(path)).ShouldBe(HttpStatusCode.OK);
        var count = await bea.UnreadAsync();
        var unread = (await bea.DeleteAsync(path)).ShouldBe(HttpStatusCode.OK);

        read["readAt"].ValueKind.ShouldBe(JsonValueKind.String);
        again.Text.ShouldBe(read.Text);
        count.ShouldBe(1);
        unread["readAt"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await bea.DeleteAsync(path)).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(unread.Text);
        (read.ETag, unread.ETag).ShouldBe(("\"2\"", "\"3\""));
        (await bea.PutAsync(path, null, ("If-Match", read.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await bea.UnreadAsync()).ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task All_are_marked_at_once_or_those_until_the_one_that_was_seen_last(Database database)
    {
        var (_, bea) = await ToldAsync(database, 5);
        var all = await bea.NotificationsAsync();

        var some = await bea.PostAsync("/api/notifications/read-all", new { until = all[2].GetProperty("createdAt").GetString() });
        var unread = await bea.NotificationsAsync("read=false");
        var rest = await bea.PostAsync("/api/notifications/read-all");

        some.ShouldBe(HttpStatusCode.OK)["unread"].GetInt32().ShouldBe(2);
        unread.Select(IdOf).ShouldBe([IdOf(all[0]), IdOf(all[1])]);
        rest.ShouldBe(HttpStatusCode.OK)["unread"].GetInt32().ShouldBe(0);
        (await bea.NotificationsAsync("read=true")).Count.ShouldBe(5);
    }

    [Theory, EachDatabase]
    public async Task The_unread_are_counted_up_to_a_thousand_and_it_says_so(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        await ada.GetAsync("/api/me");
        await FillAsync(ada, 1000);
        var atTheCap = await ada.GetAsync("/api/notifications/unread-count");
        await FillAsync(ada, 1);

        var beyond = await ada.GetAsync("/api/notifications/unread-count");

        (atTheCap["unread"].GetInt32(), atTheCap["unreadIsExact"].GetBoolean()).ShouldBe((1000, true));
        (beyond["unread"].GetInt32(), beyond["unreadIsExact"].GetBoolean()).ShouldBe((1000, false));
    }

    [Theory, EachDatabase]
    public async Task Another_users_are_none_of_ones_own_whatever_the_role(Database database)
    {
        var (ada, bea) = await ToldAsync(database, 1);
        var id = IdOf((await bea.NotificationsAsync())[0]);

        foreach (var other in new[] { ada, await ada.MemberAsync("cid", Role.Manager), await ada.MemberAsync("dan", Role.Viewer) })
        {
            (await other.PutAsync($"/api/notifications/{id}/read")).ShouldFail(HttpStatusCode.NotFound, "not-found");
            (await other.DeleteAsync($"/api/notifications/{id}/read")).ShouldFail(HttpStatusCode.NotFound, "not-found");
            (await other.PostAsync("/api/notifications/read-all")).ShouldBe(HttpStatusCode.OK);
            (await other.NotificationsAsync()).ShouldBeEmpty();
            (await other.UnreadAsync()).ShouldBe(0);
        }

        (await bea.UnreadAsync()).ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task A_stream_goes_on_behind_the_number_that_it_knows_with_the_users_own_in_order(Database database)
    {
        var (ada, bea) = await ToldAsync(database, 3);
        await ada.MemberAsync("cid");
        await ada.MakeAsync("tasks", new { title = "Not hers", assigneeId = "cid" });
        await ada.MakeAsync("tasks", new { title = "Call 3", assigneeId = "bea" });
        await ada.Host.TellAsync();

        (await AfterAsync(bea, 1, 10)).ShouldBe([(2, "Call 1"), (3, "Call 2"), (5, "Call 3")]);
        (await AfterAsync(bea, 1, 2)).ShouldBe([(2, "Call 1"), (3, "Call 2")]);
        (await AfterAsync(bea, 5, 10)).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task What_a_rep_no_longer_sees_is_neither_listed_nor_counted_nor_marked(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var bea = await ada.MemberAsync("bea");
        await ada.MemberAsync("cid");
        var (kept, given) = (await ada.MakeAsync("leads", new { lastName = "Kept", ownerId = "bea" }), await ada.MakeAsync("leads", new { lastName = "Given", ownerId = "bea" }));
        var (deal, task) = (await ada.MakeAsync("deals", new { name = "Given", ownerId = "bea" }), await ada.MakeAsync("tasks", new { title = "Given", assigneeId = "bea" }));
        await ada.Host.TellAsync();
        var all = await bea.NotificationsAsync();
        (await ada.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        (await bea.KindsAsync()).Count.ShouldBe(4);

        foreach (var (path, change) in new (string, object)[] { ($"leads/{given}", new { ownerId = "cid" }), ($"deals/{deal}", new { ownerId = "cid" }), ($"tasks/{task}", new { assigneeId = "cid" }) })
        {
            (await ada.PatchAsync($"/api/{path}", change)).ShouldBe(HttpStatusCode.OK);
        }

        var seen = (await bea.NotificationsAsync()).ShouldHaveSingleItem();
        seen.GetProperty("subject").GetString().ShouldBe($"leads/{kept}");
        (await bea.UnreadAsync()).ShouldBe(1);
        (await AfterAsync(bea, 0, 10, "bea")).ShouldBe([(1, "Kept")]);
        foreach (var gone in all.Where(item => IdOf(item) != IdOf(seen))) (await bea.PutAsync($"/api/notifications/{IdOf(gone)}/read")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await bea.PostAsync("/api/notifications/read-all")).ShouldBe(HttpStatusCode.OK);
        (await bea.As(Role.Manager, "bea").UnreadAsync()).ShouldBe(3); // who sees all sees these, too, and they are unread
        (await ada.PatchAsync("/api/settings", new { visibility = "ALL" })).ShouldBe(HttpStatusCode.OK);
        (await bea.KindsAsync()).Count.ShouldBe(4);
    }

    [Theory, EachDatabase("ALL"), EachDatabase("OWN")]
    public async Task What_was_deleted_since_was_told_all_the_same(Database database, string visibility)
    {
        var ada = (await hosts.For(database)).NewTenant();
        (await ada.PatchAsync("/api/settings", new { visibility })).ShouldBe(HttpStatusCode.OK);
        var bea = await ada.MemberAsync("bea");
        var task = await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });
        await ada.Host.TellAsync();

        (await ada.DeleteAsync($"/api/tasks/{task}")).ShouldBe(HttpStatusCode.NoContent);

        (await bea.NotificationsAsync()).ShouldHaveSingleItem().GetProperty("subject").GetString().ShouldBe($"tasks/{task}");
        (await bea.UnreadAsync()).ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task What_was_read_goes_after_90_days_and_everything_after_a_year(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var (ada, other) = (host.NewTenant(), host.NewTenant());
        foreach (var client in new[] { ada, other }) await client.GetAsync("/api/me");
        await FillAsync(ada, 601);
        await ada.PostAsync("/api/notifications/read-all");
        await FillAsync(ada, 1);
        await FillAsync(other, 1);

        (await TidyAfterAsync(TimeSpan.FromDays(90))).ShouldBe(0);
        (await TidyAfterAsync(TimeSpan.FromMinutes(1))).ShouldBe(601);
        (await CountAsync(ada), await CountAsync(other)).ShouldBe((1, 1));
        (await TidyAfterAsync(TimeSpan.FromDays(274))).ShouldBe(0);
        (await TidyAfterAsync(TimeSpan.FromDays(1))).ShouldBe(2);
        (await TidyAfterAsync(TimeSpan.FromDays(1))).ShouldBe(0);

        Task<int> TidyAfterAsync(TimeSpan time)
        {
            clock.Advance(time);
            return host.Services.GetRequiredService<NotificationTidier>().TidyAsync(Stop);
        }

        Task<int> CountAsync(Client client) => host.QueryAsync(client.TenantId, db => db.Notifications.CountAsync(Stop));
    }

    private async Task<(Client Ada, Client Bea)> ToldAsync(Database database, int count)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var bea = await ada.MemberAsync("bea");
        for (var i = 0; i < count; i++) await ada.MakeAsync("tasks", new { title = $"Call {i}", assigneeId = "bea" });
        await ada.Host.TellAsync();
        return (ada, bea);
    }

    private static Task<int> FillAsync(Client client, int count) => client.Host.QueryAsync(client.TenantId, async db =>
    {
        var first = await db.Notifications.CountAsync(Stop) + 1;
        db.AddRange(Enumerable.Range(first, count).Select(number => new Notification
        {
            TenantId = client.TenantId,
            Id = Guid.CreateVersion7(),
            Number = number,
            UserId = client.User,
            Kind = NotificationKind.WebhookDisabled,
            EventId = Guid.CreateVersion7(),
            Collection = "webhooks",
            SubjectId = "one",
            CreatedAt = db.Stamp().At,
        }));
        return await db.SaveChangesAsync(Stop);
    });

    private static async Task<List<(long Number, string Title)>> AfterAsync(Client client, long number, int most, params string[] sight)
    {
        await using var scope = client.Host.Services.CreateAsyncScope();
        var tenant = scope.ServiceProvider.GetRequiredService<Crm.Database.Tenancy.TenantScope>();
        tenant.Enter(client.TenantId, client.User);
        if (sight.Length > 0) tenant.Narrow(sight);
        return [.. (await scope.ServiceProvider.GetRequiredService<NotificationService>().AfterAsync(number, most, Stop)).Select(n => (n.Number, n.Title))];
    }

    private static Guid IdOf(JsonElement item) => item.GetProperty("id").GetGuid();
}
