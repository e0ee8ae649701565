using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Tests.Walls;

/// <summary>
/// Two tenants share two connections, and hurry: some of what they ask is wrong, some of it they don't wait for. All of a tenant's
/// texts carry its canary; none of them ever comes to the other, nor into the logs.
/// </summary>
public sealed class PooledTenantsTests
{
    private const int AtOnce = 12;

    [Theory]
    [InlineData(Database.Sqlite, Way.Direct, 10_000)]
    [InlineData(Database.Postgres, Way.Direct, 10_000)]
    [InlineData(Database.Postgres, Way.SetLocal, 3_000)]
    [InlineData(Database.Postgres, Way.PgBouncer, 10_000)]
    [InlineData(Database.Postgres, Way.PgBouncerSetLocal, 3_000)]
    public async Task No_row_and_no_word_of_one_tenant_comes_to_the_other(Database database, Way way, int requests)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await (await CrmHost.StartAsync(database, connectionString)).DisposeAsync(); // migrates, which a pool in transaction mode can't
        await using var pool = way is Way.PgBouncer or Way.PgBouncerSetLocal ? await PgBouncer.StartAsync(connectionString, size: 2) : null;
        var through = database == Database.Sqlite ? connectionString : pool is null
            ? new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 2 }.ConnectionString
            : new NpgsqlConnectionStringBuilder(pool.ConnectionString) { MaxPoolSize = 20 }.ConnectionString;
        using var logs = new CapturedLogs();
        await using var host = await CrmHost.StartAsync(database, through, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(logs);
            builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Database:SetLocal", (string?)(way is Way.SetLocal or Way.PgBouncerSetLocal ? "true" : "false"))]);
        });
        var tenants = new[] { await Traffic.BeginAsync(host, "kingfisher"), await Traffic.BeginAsync(host, "nightingale") };

        var left = requests;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(worker => Task.Run(async () =>
        {
            var dice = new Random(worker);
            while (Interlocked.Decrement(ref left) >= 0) await tenants[dice.Next(2)].OneAsync(dice);
        })));

        foreach (var tenant in tenants)
        {
            var other = tenants.Single(t => t != tenant);
            tenant.Answers.GetValueOrDefault(HttpStatusCode.InternalServerError).ShouldBe(0);
            tenant.Done.ShouldBeGreaterThan(requests / 4);
            tenant.CutOff.ShouldBeGreaterThan(requests / 40);
            tenant.Failed.ShouldBeGreaterThan(requests / 40);
            tenant.Heard(other.Canary).ShouldBeNull();
            (await ForeignRowsAsync(host.Database, connectionString, tenant, other)).ShouldBeEmpty();
        }

        logs.Lines.ShouldAllBe(line => !line.Whole.Contains("kingfisher", StringComparison.OrdinalIgnoreCase) && !line.Whole.Contains("nightingale", StringComparison.OrdinalIgnoreCase));
    }

    public enum Way { Direct, SetLocal, PgBouncer, PgBouncerSetLocal }

    /// <summary>The tables in which a row of the tenant holds a word of the other.</summary>
    private static async Task<List<string>> ForeignRowsAsync(Database database, string connectionString, Traffic tenant, Traffic other)
    {
        await using var db = await Sql.OpenAsync(database, connectionString);
        var found = new List<string>();
        foreach (var table in await Catalogue.TableNamesAsync(database, db))
        {
            if (table == Catalogue.History || table.StartsWith("account", StringComparison.Ordinal)) continue; // of no tenant
            var rows = await db.RowsAsync($"SELECT * FROM {table} WHERE tenant_id = @tenant", ("@tenant", tenant.Client.TenantId));
            if (rows.Any(row => row.Any(value => Text(value).Contains(other.Canary, StringComparison.OrdinalIgnoreCase)))) found.Add(table);
        }

        return found;
    }

    private static string Text(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        Array items => string.Join(' ', items.Cast<object?>()),
        _ => $"{value}",
    };

    /// <summary>What one tenant asks, and all that it hears.</summary>
    private sealed class Traffic
    {
        private readonly ConcurrentQueue<string> heard = new();
        private readonly string token;
        private readonly Guid[] leads;
        private readonly Guid[] deals;
        private long usual;
        private int done;
        private int cutOff;
        private int failed;

        private Traffic(Client client, string canary, Guid[] leads, Guid[] deals)
        {
            (Client, Canary, this.leads, this.deals) = (client, canary, leads, deals);
            token = client.Host.Token(client.TenantId, client.User, Role.Admin);
        }

        public Client Client { get; }

        public string Canary { get; }

        public ConcurrentDictionary<HttpStatusCode, int> Answers { get; } = new();

        public int Done => done;

        public int CutOff => cutOff;

        public int Failed => failed;

        public static async Task<Traffic> BeginAsync(CrmHost host, string canary)
        {
            var client = host.NewTenant();
            var made = new List<(Guid Lead, Guid Deal)>();
            for (var i = 0; i < 10; i++)
            {
                var lead = await client.MakeAsync("leads", new { lastName = $"{canary} {i}", description = canary, tags = new List<string> { canary } });
                made.Add((lead, await client.MakeAsync("deals", new { name = $"{canary} {i}", leadId = lead })));
                await client.MakeAsync("tasks", new { title = canary, leadId = lead });
                await client.MakeAsync("activities", new { type = "CALL", subject = canary, leadId = lead });
            }

            return new Traffic(client, canary, [.. made.Select(m => m.Lead)], [.. made.Select(m => m.Deal)]);
        }

        /// <summary>What was heard that has the word in it, or null.</summary>
        public string? Heard(string word) => heard.FirstOrDefault(text => text.Contains(word, StringComparison.OrdinalIgnoreCase));

        public async Task OneAsync(Random dice)
        {
            using var request = Request(dice);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.Add("X-Tenant-Id", Client.TenantId.ToString());
            using var patience = new CancellationTokenSource();
            var leaves = dice.Next(10) == 0;
            var begun = Stopwatch.GetTimestamp();
            try
            {
                var sent = Client.Host.Http.SendAsync(request, patience.Token);
                if (leaves)
                {
                    // At any of a request's steps, on a quick machine and on a busy one: somewhere in the first three quarters of the time that one takes by now.
                    var enough = (long)(0.75 * dice.NextDouble() * Interlocked.Read(ref usual));
                    while (Stopwatch.GetTimestamp() - begun < enough && !sent.IsCompleted) await Task.Yield();
                    await patience.CancelAsync();
                }

                using var response = await sent;
                if (!leaves) Interlocked.Exchange(ref usual, (long)((0.9 * usual) + (0.1 * (Stopwatch.GetTimestamp() - begun))));
                heard.Enqueue($"{response.Headers}{response.Content.Headers}{await response.Content.ReadAsStringAsync(patience.Token)}");
                Answers.AddOrUpdate(response.StatusCode, 1, (_, count) => count + 1);
                Interlocked.Increment(ref (int)response.StatusCode >= 400 ? ref failed : ref done);
            }
            catch (Exception e) when (leaves && e is OperationCanceledException or HttpRequestException or IOException)
            {
                Interlocked.Increment(ref cutOff);
            }
        }

        private HttpRequestMessage Request(Random dice)
        {
            var lead = leads[dice.Next(leads.Length)];
            var deal = deals[dice.Next(deals.Length)];
            return dice.Next(20) switch
            {
                0 => Get("/api/leads?take=50&total=exact"),
                1 => Get($"/api/leads?search={Canary[..6]}&sort=lastName"),
                2 => Get($"/api/leads?tag={Canary}"),
                3 => Get($"/api/leads/{lead}"),
                4 => Get($"/api/leads/{lead}/timeline"),
                5 => Get($"/api/leads/{lead}/history"),
                6 => Get("/api/deals?take=200&open=true"),
                7 => Get($"/api/deals/{deal}/{(dice.Next(2) == 0 ? "history" : "timeline")}"),
                8 => Get("/api/tasks?overdue=false"),
                9 => Get("/api/activities"),
                10 => Get("/api/members"),
                11 => Send(HttpMethod.Post, "/api/tasks", new { title = Canary, leadId = lead }),
                12 => Send(HttpMethod.Patch, $"/api/leads/{lead}", new { description = $"{Canary} {dice.Next()}", tags = new[] { Canary, $"{dice.Next(5)}" } }),
                13 => Send(HttpMethod.Put, $"/api/deals/{deal}/stage", new { stage = dice.Next(2) == 0 ? "PROPOSAL" : "NEGOTIATION" }),
                14 => Send(HttpMethod.Post, "/api/activities", new { type = "NOTE", subject = Canary, leadId = lead }),
                15 => WithKey(Send(HttpMethod.Post, "/api/leads", new { lastName = Canary }), $"{Canary} {dice.Next(500)}"),
                16 => Send(HttpMethod.Post, "/api/tasks", new { title = Canary, leadId = Guid.CreateVersion7() }), // refused while a transaction is open
                17 => Send(HttpMethod.Delete, $"/api/leads/{lead}", null), // refused: it has an open deal
                18 => Send(HttpMethod.Post, "/api/leads", new { lastName = Canary, ownerId = "nobody" }),
                _ => WithKey(Send(HttpMethod.Post, "/api/leads", new { lastName = "" }), $"bad {dice.Next(500)}"),
            };
        }

        private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

        private static HttpRequestMessage Send(HttpMethod method, string path, object? body) => new(method, path) { Content = body is null ? null : JsonContent.Create(body) };

        private static HttpRequestMessage WithKey(HttpRequestMessage request, string key)
        {
            request.Headers.Add("Idempotency-Key", key);
            return request;
        }
    }
}
