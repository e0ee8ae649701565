using System.Net;
using System.Text.Json;
using Crm.Api.Auth;
using Crm.Contracts.Members;
using Crm.Services.Audit;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

public sealed class StreamTests
{
    [Theory, EachDatabase]
    public async Task A_stream_begins_now_and_sends_what_happens_in_order(Database database)
    {
        await using var host = await StartAsync(database);
        var user = host.NewTenant();
        await user.MakeAsync("leads", new { lastName = "Before" });
        await SealedAsync(user, 1);
        await using var listener = await Listener.StartAsync(user);
        var beat = (await listener.NextAsync())!.Value;
        (beat.EventType, beat.EventId, beat.Data).ShouldBe(("heartbeat", "1.0", ""));

        var lead = await user.MakeAsync("leads", new { lastName = "Lovelace" });
        for (var i = 0; i < 5; i++) await user.PatchAsync($"/api/leads/{lead}", new { lastName = $"Lovelace {i}" });

        for (var version = 1; version <= 6; version++)
        {
            var item = (await listener.NextEventAsync())!.Value;
            var cloudEvent = JsonDocument.Parse(item.Data).RootElement;
            (item.EventType, item.EventId, cloudEvent.GetProperty("sequence").GetString(), cloudEvent.GetProperty("data").GetProperty("version").GetInt32())
                .ShouldBe((version == 1 ? "lead.created" : "lead.updated", $"{version + 1}.0", $"{version + 1}", version));
        }
    }

    [Theory, EachDatabase]
    public async Task Whoever_connects_again_misses_nothing_and_hears_nothing_twice(Database database)
    {
        await using var host = await StartAsync(database);
        var user = host.NewTenant();
        var lead = await user.MakeAsync("leads", new { lastName = "Lovelace" });
        await SealedAsync(user, 1);
        string last;
        await using (var listener = await Listener.StartAsync(user, query: "?after=0")) last = (await listener.NextEventAsync())!.Value.EventId!;
        for (var i = 0; i < 300; i++) await user.PatchAsync($"/api/leads/{lead}", new { lastName = $"Lovelace {i}" });

        var versions = new List<int>();
        while (versions.Count < 300)
        {
            await using var listener = await Listener.StartAsync(user, lastEventId: last);
            for (var i = 0; i < 90 && versions.Count < 300; i++)
            {
                var item = (await listener.NextEventAsync())!.Value;
                versions.Add(JsonDocument.Parse(item.Data).RootElement.GetProperty("data").GetProperty("version").GetInt32());
                last = item.EventId!;
            }
        }

        versions.ShouldBe(Enumerable.Range(2, 300));
    }

    [Theory, EachDatabase]
    public async Task Notifications_come_on_the_same_stream_and_are_not_missed_in_between(Database database)
    {
        await using var host = await StartAsync(database);
        var admin = host.NewTenant();
        var rep = admin.As(Role.Rep, "rep");
        await rep.GetAsync("/api/me");
        string last;
        await using (var listener = await Listener.StartAsync(rep, Role.Rep, "?types=notification"))
        {
            await listener.NextAsync();
            await admin.MakeAsync("tasks", new { title = "First", assigneeId = "rep" });
            var first = (await listener.NextEventAsync())!.Value;
            (first.EventType, JsonDocument.Parse(first.Data).RootElement.GetProperty("title").GetString()).ShouldBe(("notification", "First"));
            last = first.EventId!;
        }

        await admin.MakeAsync("tasks", new { title = "Second", assigneeId = "rep" });
        await admin.MakeAsync("tasks", new { title = "Other", assigneeId = "ada" });
        await using var again = await Listener.StartAsync(rep, Role.Rep, "?types=notification", last);
        await admin.MakeAsync("tasks", new { title = "Third", assigneeId = "rep" });

        JsonDocument.Parse((await again.NextEventAsync())!.Value.Data).RootElement.GetProperty("title").GetString().ShouldBe("Second");
        JsonDocument.Parse((await again.NextEventAsync())!.Value.Data).RootElement.GetProperty("title").GetString().ShouldBe("Third");
    }

    [Theory, EachDatabase]
    public async Task A_stream_is_narrowed_to_types(Database database)
    {
        await using var host = await StartAsync(database);
        var user = host.NewTenant();
        await using var listener = await Listener.StartAsync(user, query: "?types=task.created&after=0");
        await user.MakeAsync("leads", new { lastName = "Lovelace" });
        await user.MakeAsync("tasks", new { title = "Call" });

        (await listener.NextEventAsync())!.Value.EventType.ShouldBe("task.created");
        (await user.GetAsync("/api/events/stream?types=nothing")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
        (await user.GetAsync("/api/events/stream?after=99")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
        (await user.GetAsync("/api/events/stream", ("Last-Event-ID", "x"))).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
    }

    [Theory, EachDatabase]
    public async Task A_rep_whose_sight_is_narrowed_meanwhile_hears_of_nothing_out_of_sight(Database database)
    {
        await using var host = await StartAsync(database);
        var admin = host.NewTenant();
        var rep = admin.As(Role.Rep, "rep");
        await rep.GetAsync("/api/me");
        await using var listener = await Listener.StartAsync(rep, Role.Rep, "?after=0");
        await admin.MakeAsync("leads", new { lastName = "Seen", ownerId = "ada" });
        (await listener.NextEventAsync())!.Value.Data.ShouldContain("Seen");

        await admin.PatchAsync("/api/settings", new { visibility = "OWN" });
        await admin.MakeAsync("leads", new { lastName = "Hidden", ownerId = "ada" });
        await admin.MakeAsync("leads", new { lastName = "Mine", ownerId = "rep" });

        (await listener.NextEventAsync())!.Value.Data.ShouldContain("Mine");
    }

    [Theory, EachDatabase]
    public async Task A_stream_ends_for_a_member_who_is_deactivated_before_anything_more_is_sent(Database database)
    {
        await using var host = await StartAsync(database);
        var admin = host.NewTenant();
        var rep = admin.As(Role.Rep, "rep");
        await rep.GetAsync("/api/me");
        await using var listener = await Listener.StartAsync(rep, Role.Rep);
        await listener.NextAsync();

        (await admin.PatchAsync("/api/members/rep", new { active = false })).ShouldBe(HttpStatusCode.OK);
        await admin.MakeAsync("leads", new { lastName = "Lovelace" });

        (await listener.NextEventAsync()).ShouldBeNull();
    }

    [Theory, EachDatabase]
    public async Task A_stream_ends_for_a_key_that_is_revoked(Database database)
    {
        await using var host = await StartAsync(database);
        var admin = host.NewTenant();
        var key = await admin.PostAsync("/api/api-keys", new { name = "Feed", role = "VIEWER" });
        await using var listener = await Listener.StartAsync(admin, token: key["key"].GetString());
        await listener.NextAsync();

        (await admin.DeleteAsync($"/api/api-keys/{key.Id}")).ShouldBe(HttpStatusCode.NoContent);
        await admin.MakeAsync("leads", new { lastName = "Lovelace" });

        (await listener.NextEventAsync()).ShouldBeNull();
    }

    [Theory, EachDatabase]
    public async Task A_stream_on_which_much_happens_ends_with_the_token_too(Database database)
    {
        var clock = new SettableClock();
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder =>
        {
            Last(builder);
            builder.Services.AddSingleton<TimeProvider>(clock);
        });
        var user = host.NewTenant();
        await using var listener = await Listener.StartAsync(user, token: host.Services.GetRequiredService<TokenIssuer>().Issue(user.TenantId, "ada", Role.Admin, "Ada", TimeSpan.FromSeconds(40)));
        var heard = 0;
        do
        {
            // More often than a heartbeat would come, with which the caller is asked for in any case.
            clock.Advance(TimeSpan.FromSeconds(10));
            await MakeAsync();
        }
        while (await listener.NextEventAsync() is not null && ++heard < 20);

        heard.ShouldBeInRange(3, 5);

        // Not by a request: by this clock its token would not count for long either.
        Task<int> MakeAsync() => host.QueryAsync(user.TenantId, async db =>
        {
            db.Add(Crm.Database.Leads.Lead.Create(new() { LastName = "Lovelace" }, "EUR", db.Stamp()));
            return await db.SaveChangesAsync();
        });
    }

    /// <summary>On SQLite nobody tells an instance what another sealed: within a second of its last look it knows of no such place.</summary>
    [Theory, EachDatabase]
    public async Task A_place_that_another_instance_gave_is_known_at_once(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var here = await StartAsync(database, connectionString, ("Worker:Enabled", "false"));
        await using var there = await StartAsync(database, connectionString, ("Worker:Enabled", "false"));
        var user = here.NewTenant();
        await user.MakeAsync("leads", new { lastName = "Lovelace" });
        await using var watching = await Listener.StartAsync(user);
        for (var i = 0; i < 5; i++)
        {
            await user.MakeAsync("leads", new { lastName = $"Hopper {i}" });
            var sealer = there.Services.GetRequiredService<Sealer>();
            while (await sealer.SealBatchAsync(user.TenantId, TestContext.Current.CancellationToken) > 0)
            {
            }

            await using var again = await Listener.StartAsync(user, lastEventId: $"{i + 2}.0");
            (await again.NextAsync())!.Value.EventId.ShouldBe($"{i + 2}.0");
        }
    }

    [Theory, EachDatabase]
    public async Task A_user_has_only_so_many_streams_and_gets_the_place_back(Database database)
    {
        await using var host = await StartAsync(database, ("RateLimit:UserWatching", "1"));
        var user = host.NewTenant();
        await using (var listener = await Listener.StartAsync(user))
        {
            await listener.NextAsync();
            (await user.GetAsync("/api/events/stream")).ShouldFail(HttpStatusCode.TooManyRequests, "rate-limited");
            (await user.GetAsync("/api/events?wait=1")).ShouldFail(HttpStatusCode.TooManyRequests, "rate-limited");
        }

        while ((await user.GetAsync("/api/events?wait=0")).Status == HttpStatusCode.TooManyRequests) await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    [Theory, EachDatabase]
    public async Task A_stop_ends_the_streams_at_once(Database database)
    {
        var host = await StartAsync(database);
        var user = host.NewTenant();
        await using var listener = await Listener.StartAsync(user);
        await listener.NextAsync();

        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        (await listener.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_stream_hears_at_once_of_what_another_instance_seals()
    {
        var connectionString = await Hosts.NewDatabaseAsync(Database.Postgres);
        await using var api = await StartAsync(Database.Postgres, connectionString, ("Worker:Enabled", "false"));
        await using var worker = await StartAsync(Database.Postgres, connectionString);
        var user = api.NewTenant();
        await using var listener = await Listener.StartAsync(user, query: "?after=0");

        await user.MakeAsync("leads", new { lastName = "Lovelace" });

        (await listener.NextEventAsync())!.Value.EventType.ShouldBe("lead.created");
    }

    private static async Task<CrmHost> StartAsync(Database database, params (string Name, string Value)[] settings) => await StartAsync(database, await Hosts.NewDatabaseAsync(database), settings);

    /// <summary>A service that seals by itself, and whose streams last.</summary>
    private static Task<CrmHost> StartAsync(Database database, string connectionString, params (string Name, string Value)[] settings) => CrmHost.StartAsync(database, connectionString, builder =>
    {
        Last(builder);
        foreach (var (name, value) in settings) builder.Configuration[name] = value;
    });

    private static void Last(WebApplicationBuilder builder) => (builder.Configuration["Worker:Enabled"], builder.Configuration["Limits:StreamSeconds"]) = ("true", "600");

    private static async Task SealedAsync(Client user, int position)
    {
        while ((await user.GetAsync("/api/audit/head"))["position"].GetInt32() < position) await Task.Delay(20, TestContext.Current.CancellationToken);
    }
}
