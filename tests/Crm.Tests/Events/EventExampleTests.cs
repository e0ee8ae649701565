using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crm.Contracts.Events;
using Crm.Contracts.Members;
using Crm.Services.Dashboards;
using Crm.Services.Scoring;
using Crm.Tests.Alarms;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

/// <summary>Each type of event happens, and the page of examples shows it as it went out. With CRM_WRITE_EXAMPLES=1 the page is written anew.</summary>
public sealed partial class EventExampleTests
{
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "event-examples.md");
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory, EachDatabase]
    public async Task The_page_of_examples_shows_each_type_of_event_as_it_goes_out(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        await MakeOneOfEachAsync(relay);
        await relay.SealAndRelayAsync();
        var written = Write(relay.Consumer.Told);

        if (Environment.GetEnvironmentVariable("CRM_WRITE_EXAMPLES") == "1") await File.WriteAllTextAsync(Page, written, TestContext.Current.CancellationToken);

        written.ShouldBe(await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken));
    }

    private static async Task MakeOneOfEachAsync(RelayHost relay)
    {
        var user = relay.Host.NewTenant(user: "u-2041");
        await user.As(Role.Rep, "u-3006").GetAsync("/api/me");

        var lead = await user.MakeAsync("leads", new { firstName = "Mara", lastName = "Lindqvist", email = "mara.lindqvist@fjordline.example", companyName = "Fjordline Logistics", source = "REFERRAL", estimatedValue = 18000, tags = new[] { "nordics" } });
        await OkAsync(user.PatchAsync($"/api/leads/{lead}", new { phone = "+47 22 12 34 56" }));
        await OkAsync(user.PatchAsync($"/api/leads/{lead}", new { ownerId = "u-3006" }));
        await OkAsync(user.PatchAsync($"/api/leads/{lead}", new { status = "CONTACTED" }));
        await OkAsync(user.PatchAsync("/api/automation/scoring", new { isActive = true, rules = new[] { new { name = "Referred", points = 30, condition = new { field = "source", @is = "REFERRAL" } } } }));
        await relay.Host.Services.GetRequiredService<LeadScorer>().ScoreAsync(user.TenantId, [lead], TestContext.Current.CancellationToken);
        await OkAsync(user.DeleteAsync($"/api/leads/{lead}"));
        await OkAsync(user.PostAsync($"/api/leads/{lead}/restore"));
        await OkAsync(user.PostAsync($"/api/leads/{lead}/convert"));

        var deal = await user.MakeAsync("deals", new { name = "Fjordline: 40 seats", value = 18000, leadId = lead });
        await OkAsync(user.PatchAsync($"/api/deals/{deal}", new { value = 21000.5 }));
        await OkAsync(user.PatchAsync($"/api/deals/{deal}", new { ownerId = "u-3006" }));
        await user.LetPassAsync(deal, 31);
        await relay.Host.RingAsync();
        await OkAsync(user.PutAsync($"/api/deals/{deal}/stage", new { stage = "PROPOSAL" }));
        await OkAsync(user.PutAsync($"/api/deals/{deal}/stage", new { stage = "CLOSED_LOST", lostReason = "Chose the other offer" }));
        await OkAsync(user.PutAsync($"/api/deals/{deal}/stage", new { stage = "NEGOTIATION" }));
        await OkAsync(user.PutAsync($"/api/deals/{deal}/stage", new { stage = "CLOSED_WON" }));
        await OkAsync(user.DeleteAsync($"/api/deals/{deal}"));
        await OkAsync(user.PostAsync($"/api/deals/{deal}/restore"));

        var task = await user.MakeTaskAsync(due: TimeSpan.FromHours(2), remind: TimeSpan.FromHours(1));
        await OkAsync(user.PatchAsync($"/api/tasks/{task}", new { priority = "HIGH" }));
        await OkAsync(user.PatchAsync($"/api/tasks/{task}", new { assigneeId = "u-3006" }));
        await user.LetPassAsync(task, TimeSpan.FromHours(3));
        await relay.Host.RingAsync();
        await OkAsync(user.PutAsync($"/api/tasks/{task}/complete"));
        await OkAsync(user.DeleteAsync($"/api/tasks/{task}/complete"));
        await OkAsync(user.DeleteAsync($"/api/tasks/{task}"));
        await OkAsync(user.PostAsync($"/api/tasks/{task}/restore"));

        var activity = await user.MakeAsync("activities", new { type = "CALL", subject = "Talked about the offer", direction = "OUTBOUND", durationMinutes = 25, leadId = lead });
        await OkAsync(user.PatchAsync($"/api/activities/{activity}", new { body = "They compare it with one other." }));
        await OkAsync(user.DeleteAsync($"/api/activities/{activity}"));
        await OkAsync(user.PostAsync($"/api/activities/{activity}/restore"));

        var dashboard = await user.MakeAsync("dashboards", new { name = "Monday round", isShared = true, reports = new[] { new { name = "What is open", report = "pipeline", parameters = new { ownerId = "u-3006" } } }, schedule = new { every = "day", time = "07:00", by = "WEBHOOK" } });
        await relay.QueryAsync(user, db => db.Dashboards.Where(d => d.Id == dashboard).ExecuteUpdateAsync(set => set.SetProperty(d => d.NextAt, DateTimeOffset.UnixEpoch)));
        await relay.Host.Services.GetRequiredService<DashboardScheduler>().RunDueAsync(TestContext.Current.CancellationToken);
    }

    private static string Write(IReadOnlyList<Crm.Services.Events.LogEntry> told)
    {
        var first = told.Where(entry => entry.RecordId is not null).OrderBy(entry => entry.Position).GroupBy(entry => entry.Type).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        first.Keys.Order(StringComparer.Ordinal).ShouldBe(EventTypes.OfRecords.Order(StringComparer.Ordinal));
        var page = new StringBuilder("# An example of each event\n\nAs the feed, the live stream, webhooks and RabbitMQ carry them ([events.md](events.md)). This page is written by a test, in which each of them happens.\n");
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in first.Values.OrderBy(entry => entry.Position))
        {
            var json = JsonNode.Parse(entry.CloudEvent.Span)!.ToJsonString(Indented);
            json = Id().Replace(json, match => ids.TryGetValue(match.Value, out var known) ? known : ids[match.Value] = string.Create(CultureInfo.InvariantCulture, $"019aa4b4-03d0-7c1e-9a52-{ids.Count + 1:x12}"));
            json = Instant().Replace(json, "2026-11-20T10:57:04.118Z");
            json = InstantOfAddress().Replace(json, "2026-11-20T10%3A57%3A04.118Z");
            page.Append(CultureInfo.InvariantCulture, $"\n## {entry.Type}\n\n```json\n{json}\n```\n");
        }

        return page.ToString();
    }

    private static async Task OkAsync(Task<Answer> asked) => (await asked).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);

    [GeneratedRegex("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.None, 1000)]
    private static partial Regex Id();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", RegexOptions.None, 1000)]
    private static partial Regex Instant();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}%3A[0-9%A.]+Z", RegexOptions.None, 1000)]
    private static partial Regex InstantOfAddress();
}
