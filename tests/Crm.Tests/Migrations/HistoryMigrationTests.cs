using System.Globalization;
using System.Net;
using Crm.Contracts.Members;
using Crm.Services.Operations;
using Crm.Tests.Kit;
using Crm.Tests.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Migrations;

public sealed class HistoryMigrationTests
{
    private static readonly string[] Tables = ["deal_snapshots", "deal_stays", "lead_snapshots", "task_snapshots", "activity_snapshots", "deals"];

    [Theory, EachDatabase]
    public async Task What_happened_before_is_in_the_snapshots_as_if_they_had_been_written_then(Database database)
    {
        var clock = new SettableClock();
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connectionString, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var client = host.NewTenant();
        await client.As(Role.Rep, "bob").GetAsync("/api/me");
        var pipeline = await client.MakePipelineAsync();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace", source = "EVENT" });
        var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead, value = 100, probability = 0 });
        var won = await client.MakeAsync("deals", new { name = "Won at once", value = 999999999999.9999m, stage = "CLOSED_WON", closedAt = clock.GetUtcNow().AddDays(-3) });
        var task = await client.MakeAsync("tasks", new { title = "Call", leadId = lead, dueAt = clock.GetUtcNow().AddDays(1).AddMicroseconds(120) });
        var activity = await client.MakeAsync("activities", new { type = "CALL", subject = "Called", dealId = deal, direction = "OUTBOUND", durationMinutes = 5 });
        (HttpMethod Method, string Path, object? Body)[] steps =
        [
            (HttpMethod.Put, $"deals/{deal}/stage", new { stage = "PROPOSAL" }), (HttpMethod.Patch, $"deals/{deal}", new { value = 150.5m, currency = "USD" }), (HttpMethod.Put, $"deals/{deal}/stage", new { stage = "LEAD" }),
            (HttpMethod.Patch, $"deals/{deal}", new { probability = (int?)null, ownerId = "bob" }), (HttpMethod.Put, $"deals/{deal}/stage", new { stage = "PROPOSAL" }), (HttpMethod.Put, $"deals/{deal}/stage", new { stage = "CLOSED_LOST", lostReason = "Price" }),
            (HttpMethod.Delete, $"deals/{deal}", null), (HttpMethod.Post, $"deals/{deal}/restore", null), (HttpMethod.Put, $"deals/{deal}/stage", new { stage = "LEAD" }), (HttpMethod.Patch, $"deals/{deal}", new { pipelineId = pipeline, value = 90 }),
            (HttpMethod.Put, $"deals/{won}/stage", new { stage = "NEGOTIATION" }), (HttpMethod.Delete, $"deals/{won}", null),
            (HttpMethod.Patch, $"leads/{lead}", new { status = "CONTACTED", ownerId = "bob" }), (HttpMethod.Post, $"leads/{lead}/convert", null), (HttpMethod.Delete, $"leads/{lead}", null),
            (HttpMethod.Patch, $"tasks/{task}", new { dueAt = (DateTimeOffset?)null, type = "CALL" }), (HttpMethod.Put, $"tasks/{task}/complete", null), (HttpMethod.Delete, $"tasks/{task}/complete", null),
            (HttpMethod.Patch, $"activities/{activity}", new { direction = "INBOUND", occurredAt = "2026-01-31T09:30:00Z" }), (HttpMethod.Delete, $"activities/{activity}", null), (HttpMethod.Post, $"activities/{activity}/restore", null),
        ];
        foreach (var step in steps)
        {
            clock.Advance(TimeSpan.FromMinutes(90) + TimeSpan.FromMicroseconds(7));
            (await client.SendAsync(step.Method, $"/api/{step.Path}", step.Body)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.Conflict);
        }

        await Invariants.AssertAsync(host, client.TenantId);
        var written = await RowsAsync();
        await MigrateAsync("20261129000005_pipelines");
        await MigrateAsync(null);

        (await RowsAsync()).ShouldBe(written);
        written.Count(row => row.StartsWith("deal_snapshots", StringComparison.Ordinal)).ShouldBeGreaterThan(12);
        await Invariants.AssertAsync(host, client.TenantId);
        (await client.PatchAsync($"/api/deals/{deal}", new { value = 95 })).ShouldBe(HttpStatusCode.OK);
        await Invariants.AssertAsync(host, client.TenantId);

        Task MigrateAsync(string? to) => host.Services.GetRequiredService<DatabaseService>().MigrateAsync(to, TestContext.Current.CancellationToken);

        async Task<List<string>> RowsAsync()
        {
            await using var db = await Sql.OpenAsync(database, connectionString);
            var rows = new List<string>();
            foreach (var table in Tables)
            {
                var columns = (await Catalogue.ReadAsync(database, connectionString)).Tables.Single(t => t.Name == table).Columns.Select(column => column.Name).Order(StringComparer.Ordinal);
                rows.AddRange((await db.RowsAsync($"SELECT {string.Join(", ", columns)} FROM {table}")).Select(row => $"{table}: {string.Join(" | ", columns.Zip(row, (name, value) => $"{name} {Text(value)}"))}"));
            }

            rows.Sort(StringComparer.Ordinal);
            return rows;
        }
    }

    [Theory, EachDatabase]
    public async Task The_name_of_a_deleted_pipeline_that_another_bears_is_in_no_one_s_way(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), _ => { });
        var client = host.NewTenant();
        for (var i = 0; i < 2; i++) (await client.DeleteAsync($"/api/pipelines/{await client.MakePipelineAsync()}")).ShouldBe(HttpStatusCode.NoContent);
        var pipeline = await client.MakePipelineAsync();
        var operations = host.Services.GetRequiredService<DatabaseService>();

        await operations.MigrateAsync("20261129000004_alarms", TestContext.Current.CancellationToken);
        await operations.MigrateAsync(null, TestContext.Current.CancellationToken);

        (await client.GetAsync($"/api/pipelines/{pipeline}"))["name"].GetString().ShouldBe("Partners");
        (await client.GetAsync("/api/pipelines")).Items.Count.ShouldBe(4);
    }

    private static string Text(object? value) => value switch
    {
        DateTime instant => instant.ToString("O", CultureInfo.InvariantCulture),
        Array items => string.Join(',', items.Cast<object?>()),
        _ => $"{value}",
    };
}
