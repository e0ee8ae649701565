using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Crm.Contracts.Members;
using Crm.Database;
using Crm.Database.Postgres;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scale;

/// <summary>
/// The same requests to two services over one PostgreSQL, one behind the third wall, the other as the owner, before whom there is
/// none. In many short rounds by turns, so that whatever else the machine does hits both alike: CRM_WALL_ROUNDS sets how many
/// (bin/wall-cost: 24), CRM_SCALE_REPORT where the figures are written.
/// </summary>
public sealed class WallCostTests
{
    private const int AtOnce = 8;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("CRM_WALL_ROUNDS") ?? "1", CultureInfo.InvariantCulture);
    private static readonly double Seconds = Rounds == 1 ? 0.2 : 0.5;

    [Theory]
    [InlineData("", "wall-cost.md")]
    [InlineData("Max Auto Prepare=0", "wall-cost-unprepared.md")]
    public async Task The_wall_answers_the_same_and_its_cost_is_told(string added, string file)
    {
        var connectionString = $"{await Hosts.NewDatabaseAsync(Database.Postgres)};{added}";
        await using var walled = await CrmHost.StartAsync(Database.Postgres, connectionString);
        await using var open = await CrmHost.StartAsync(Database.Postgres, connectionString, builder => builder.Services.AddScoped<CrmDbContext>(provider =>
        {
            var db = ActivatorUtilities.CreateInstance<PostgresCrmDbContext>(provider);
            db.AsOwner = true;
            return db;
        }));
        var client = walled.NewTenant();
        (await RoleAsync(walled, client.TenantId)).ShouldBe("crm_app");
        (await RoleAsync(open, client.TenantId)).ShouldNotBe("crm_app");
        await client.GetAsync("/api/me");
        await ManyLeads.LoadAsync(Database.Postgres, connectionString, [(client.TenantId, 20_000)]);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead });
        var kinds = new (string Name, Func<int, (HttpMethod Method, string Path, object? Body)> Request)[]
        {
            ("get a lead", _ => (HttpMethod.Get, $"/api/leads/{lead}", null)),
            ("first page with total", _ => (HttpMethod.Get, "/api/leads", null)),
            ("page by status", _ => (HttpMethod.Get, "/api/leads?status=NEW&total=none", null)),
            ("create a lead", n => (HttpMethod.Post, "/api/leads", new { lastName = $"Made {n}" })),
            ("change a lead", n => (HttpMethod.Patch, $"/api/leads/{lead}", new { description = $"{n}" })),
            ("move a deal", n => (HttpMethod.Put, $"/api/deals/{deal}/stage", new { stage = n % 2 == 0 ? "PROPOSAL" : "NEGOTIATION" })),
        };
        var report = new StringBuilder("| request | with the wall, req/s | without, req/s | with ÷ without |\n| --- | ---: | ---: | ---: |\n");
        foreach (var (name, request) in kinds)
        {
            var rates = new Dictionary<CrmHost, List<double>> { [walled] = [], [open] = [] };
            var workers = request(0).Method == HttpMethod.Get || request(0).Method == HttpMethod.Post ? AtOnce : 1; // those that change one record would only wait for each other
            foreach (var host in rates.Keys) await RateAsync(new Client(host, client.TenantId, client.User, Role.Admin), request, workers, Rounds == 1 ? Seconds / 4 : 2);
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var host in round % 2 == 0 ? [walled, open] : new[] { open, walled }) rates[host].Add(await RateAsync(new Client(host, client.TenantId, client.User, Role.Admin), request, workers, Seconds));
            }

            var (with, without) = (Median(rates[walled]), Median(rates[open]));
            var ratio = Median([.. rates[walled].Zip(rates[open], (a, b) => a / b)]);
            report.Append(CultureInfo.InvariantCulture, $"| {name} | {with:0} | {without:0} | {ratio:0.00} |\n");
        }

        TestContext.Current.SendDiagnosticMessage(report.ToString());
        if (Environment.GetEnvironmentVariable("CRM_SCALE_REPORT") is not { Length: > 0 } folder) return;
        var head = string.Create(CultureInfo.InvariantCulture, $"# What row-level security costs{(added.Length == 0 ? "" : $" with {added} in the connection string")}\n\nThe same requests to two services in one process with the load, over one PostgreSQL 15, {Environment.ProcessorCount} cores, in turn ({Seconds:0.0} s a round, {Rounds} rounds each, medians, the ratio of each pair; changes of one record by one worker, the rest by {AtOnce}). Made by `bin/wall-cost`.\n\n");
        await File.WriteAllTextAsync(Path.Combine(folder, file), head + report, TestContext.Current.CancellationToken);
    }

    private static async Task<string> RoleAsync(CrmHost host, Guid tenantId) =>
        await host.QueryAsync(tenantId, db => db.Database.SqlQueryRaw<string>("SELECT current_user::text AS \"Value\"").SingleAsync());

    private static async Task<double> RateAsync(Client client, Func<int, (HttpMethod Method, string Path, object? Body)> request, int workers, double seconds)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var count = 0;
            while (clock.Elapsed.TotalSeconds < seconds || count == 0)
            {
                var (method, path, body) = request((++count * workers) + worker);
                (await client.SendAsync(method, path, body)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created);
            }

            return count;
        })));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
