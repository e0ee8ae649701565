using System.Net;
using Crm.Contracts.Analytics;
using Crm.Contracts.Members;
using Crm.Services.Analytics;
using Crm.Services.Tenancy;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>Reports that are kept: the same bytes, never stale, and nobody else's.</summary>
public sealed class ReportCacheTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task What_is_asked_again_is_kept_and_the_same_bytes(Database database)
    {
        await using var host = await new SettableClock().StartHostAsync(database);
        using var answers = new ReportAnswers(host);
        var admin = host.NewTenant();
        await admin.MakeAsync("deals", new { name = "Engine", value = 1000.5m, probability = 33 });

        foreach (var report in (string[])["pipeline", "forecast?groupBy=quarter", "funnel", "win-rate?groupBy=month", "velocity", "movement?groupBy=week", "stages"])
        {
            var first = (await admin.GetAsync($"/api/analytics/{report}")).ShouldBe(HttpStatusCode.OK);
            answers.Take().ShouldBe("made", report);
            (await admin.GetAsync($"/api/analytics/{report}")).Text.ShouldBe(first.Text);
            answers.Take().ShouldBe("kept", report);
            var separator = report.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            (await admin.GetAsync($"/api/analytics/{report}{separator}format=csv")).Text.ShouldStartWith("part,");
            answers.Take().ShouldBe("kept", "the lines are made of the same report");
        }
    }

    [Theory, EachDatabase]
    public async Task Every_change_is_in_the_next_answer(Database database)
    {
        await using var host = await new SettableClock().StartHostAsync(database);
        using var answers = new ReportAnswers(host);
        var admin = host.NewTenant();
        var id = await admin.MakeAsync("deals", new { name = "Engine", value = 1000 });
        await ShouldBeAsync(1, 1000, 100);

        await ChangeAsync(HttpMethod.Patch, $"/api/deals/{id}", new { value = 1100 });
        await ShouldBeAsync(1, 1100, 110);
        await ChangeAsync(HttpMethod.Put, $"/api/deals/{id}/stage", new { stage = "PROPOSAL" });
        await ShouldBeAsync(1, 1100, 550);
        await ChangeAsync(HttpMethod.Delete, $"/api/deals/{id}", null);
        await ShouldBeAsync(0, 0, 0);
        await ChangeAsync(HttpMethod.Post, $"/api/deals/{id}/restore", null);
        await ShouldBeAsync(1, 1100, 550);
        var pipeline = (await admin.GetAsync("/api/pipelines")).Items[0];
        var stages = pipeline.GetProperty("stages").EnumerateArray().Select(stage => new
        {
            key = stage.GetProperty("key").GetString(),
            name = stage.GetProperty("name").GetString(),
            kind = stage.GetProperty("kind").GetString(),
            probability = stage.GetProperty("key").GetString() == "PROPOSAL" ? 60 : stage.GetProperty("probability").GetInt32(),
        });
        await ChangeAsync(HttpMethod.Patch, $"/api/pipelines/{pipeline.GetProperty("id").GetGuid()}", new { stages });
        await ShouldBeAsync(1, 1100, 660);
        await ChangeAsync(HttpMethod.Patch, "/api/settings", new { timeZone = "Asia/Kathmandu" });
        (await admin.GetAsync("/api/analytics/pipeline"))["timeZone"].GetString().ShouldBe("Asia/Kathmandu");

        async Task ChangeAsync(HttpMethod method, string path, object? body) => ((int)(await admin.SendAsync(method, path, body)).Status).ShouldBeLessThan(300, path);

        async Task ShouldBeAsync(int count, decimal value, decimal weighted)
        {
            for (var i = 0; i < 2; i++)
            {
                var total = (await admin.GetAsync("/api/analytics/pipeline")).ShouldBe(HttpStatusCode.OK)["total"];
                (total.GetProperty("count").GetInt32(), total.GetProperty("value").GetDecimal(), total.GetProperty("weightedValue").GetDecimal()).ShouldBe((count, value, weighted));
                answers.Take().ShouldBe(i == 0 ? "made" : "kept");
            }
        }
    }

    [Theory, EachDatabase]
    public async Task What_one_sees_is_kept_for_nobody_else(Database database)
    {
        await using var host = await new SettableClock().StartHostAsync(database);
        var (admin, foreign) = (host.NewTenant(), host.NewTenant());
        (await admin.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        var reps = new[] { "bo", "cy" }.Select(name => admin.As(Role.Rep, name)).ToList();
        foreach (var (rep, value) in reps.Zip([10, 200])) await rep.MakeAsync("deals", new { name = "Deal", value, ownerId = rep.User });
        var other = admin.As(Role.Admin, "di");
        await other.MakeAsync("deals", new { name = "Deal", value = 3000, ownerId = other.User });
        using var answers = new ReportAnswers(host);

        for (var i = 0; i < 2; i++)
        {
            (await ValueAsync(admin, "")).ShouldBe(3210);
            (await ValueAsync(other, "?ownerId=me")).ShouldBe(3000);
            (await ValueAsync(reps[0], "")).ShouldBe(10);
            (await ValueAsync(reps[1], "")).ShouldBe(200);
            (await ValueAsync(admin, "?ownerId=me")).ShouldBe(0);
            (await ValueAsync(reps[0], "?ownerId=me")).ShouldBe(10);
            (await ValueAsync(reps[1], "?ownerId=me")).ShouldBe(200);
            (await ValueAsync(admin, "?ownerId=bo")).ShouldBe(10);
            (await ValueAsync(foreign, "")).ShouldBe(0);
        }

        answers.All.ShouldBe([.. Enumerable.Repeat("made", 9), .. Enumerable.Repeat("kept", 9)]);

        static async Task<decimal> ValueAsync(Client client, string query) =>
            (await client.GetAsync($"/api/analytics/pipeline{query}")).ShouldBe(HttpStatusCode.OK)["total"].GetProperty("value").GetDecimal();
    }

    [Theory, EachDatabase]
    public async Task What_many_ask_at_once_is_made_once(Database database)
    {
        await using var host = await new SettableClock().StartHostAsync(database);
        using var answers = new ReportAnswers(host);
        var admin = host.NewTenant();
        await admin.MakeAsync("deals", new { name = "Engine", value = 1000 });

        var all = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => admin.GetAsync("/api/analytics/movement")));

        all.Select(answer => answer.ShouldBe(HttpStatusCode.OK).Text).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        answers.All.Count(outcome => outcome == "made").ShouldBe(1);
        answers.All.Count.ShouldBe(24);
    }

    [Theory, EachDatabase]
    public async Task Who_asked_first_may_go_while_others_wait(Database database)
    {
        var host = await Hosts.For(database);
        var tenantId = host.NewTenant().TenantId;
        await host.NewTenant().GetAsync("/api/me");
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var patience = new CancellationTokenSource();
        var query = new PipelineReportQuery { AsOf = TimeProvider.System.GetUtcNow() };

        var first = AskAsync(patience.Token);
        await begun.Task;
        var second = AskAsync(Ct);
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        release.SetResult();

        (await second).ShouldBe("made");

        async Task<string> AskAsync(CancellationToken ct)
        {
            await using var work = host.Services.CreateAsyncScope();
            var caller = work.ServiceProvider.GetRequiredService<Caller>();
            caller.Enter(new Identity("ada", null, null, [tenantId], new Dictionary<Guid, Role>()), tenantId, Role.Admin);
            return (await host.Services.GetRequiredService<ReportCache>().KeepAsync("test", query, "1", caller, async (services, stop) =>
            {
                begun.TrySetResult();
                await release.Task.WaitAsync(stop);
                services.GetRequiredService<Caller>().TenantId.ShouldBe(tenantId);
                return "made";
            }, ct)).Read();
        }
    }

    [Theory, EachDatabase]
    public async Task Machines_keep_reports_for_each_other_and_do_without_a_Redis_that_is_flushed_slow_or_gone(Database database)
    {
        var (clock, connection) = (new SettableClock(), await Hosts.NewDatabaseAsync(database));
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        using var atTwo = new ReportAnswers(two);
        var here = one.NewTenant();
        var there = new Client(two, here.TenantId, here.User, here.Role);
        await here.MakeAsync("deals", new { name = "Engine", value = 1000 });
        var value = 1000;
        await SharedAsync();

        await redis.StopAsync(); // and with it goes what was in it
        await redis.StartAgainAsync();
        await ChangeAsync();
        await redis.FreezeAsync();
        await ChangeAsync();
        (await here.GetAsync("/health/ready")).ShouldBe(HttpStatusCode.OK);
        (await here.GetAsync("/health")).ShouldBe(HttpStatusCode.OK)["checks"].GetProperty("redis").GetProperty("status").GetString().ShouldBe("degraded");
        await redis.ThawAsync();
        await redis.StopAsync();
        clock.Advance(TimeSpan.FromSeconds(10)); // behind the pause after a failure
        await ChangeAsync();
        await redis.StartAgainAsync();
        await SharedAsync();

        Task<CrmHost> StartAsync() => CrmHost.StartAsync(database, connection, builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.Configuration["Redis:ConnectionString"] = redis.ConnectionString;
        });

        // A change makes a report that nobody has kept: what the second machine has of it, the first has made.
        async Task SharedAsync()
        {
            for (var i = 0; i < 100; i++)
            {
                clock.Advance(TimeSpan.FromSeconds(10));
                atTwo.Clear();
                await ChangeAsync();
                if (atTwo.Take() == "kept") return;
                await Task.Delay(50, Ct);
            }

            throw new ShouldAssertException("nothing was kept for the other machine");
        }

        async Task ChangeAsync()
        {
            var deal = (await here.GetAsync("/api/deals")).Items[0].GetProperty("id").GetGuid();
            (await here.PatchAsync($"/api/deals/{deal}", new { value = ++value })).ShouldBe(HttpStatusCode.OK);
            foreach (var client in new[] { here, there })
            {
                (await client.GetAsync("/api/analytics/pipeline")).ShouldBe(HttpStatusCode.OK)["total"].GetProperty("value").GetDecimal().ShouldBe(value);
            }
        }
    }
}
