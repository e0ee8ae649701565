using System.Net;
using Crm.Services.Search;
using Crm.Tests.Hosting;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Search;

public sealed class SearchUpkeepTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task The_index_is_as_the_records_say_whatever_was_done_to_them(Database database)
    {
        var host = await Hosts.For(database);
        var client = host.NewTenant();
        await FillAsync(client);

        var report = await host.Services.GetRequiredService<SearchUpkeep>().CheckAsync(client.TenantId, Ct);

        report.Findings.ShouldBeEmpty();
        report.Records.ShouldBe(5);
    }

    [Theory, EachDatabase]
    public async Task What_was_done_behind_the_services_back_is_found_and_a_rebuild_mends_it(Database database)
    {
        var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        await using var _ = host;
        var (client, other) = (host.NewTenant(), host.NewTenant());
        await FillAsync(client);
        await FillAsync(other);
        var leads = (await client.GetAsync("/api/leads?sort=createdAt")).Items.Select(lead => lead.GetProperty("id").GetGuid()).ToList();
        var lead = (await client.GetAsync($"/api/leads/{leads[0]}")).ETag;
        await using (var owner = await Sql.OpenAsync(database, host.ConnectionString))
        {
            var (same, index) = database == Database.Sqlite ? ("UPPER(id) = UPPER('{0}')", "DELETE FROM search_index WHERE rowid IN (SELECT rowid FROM search_index WHERE search_index MATCH 'id{0:N}')") : ("id = '{0}'", "DELETE FROM search_documents WHERE record_id = '{0}'");
            if (database == Database.Postgres) await owner.ExecuteAsync("ALTER TABLE leads NO FORCE ROW LEVEL SECURITY; ALTER TABLE search_documents NO FORCE ROW LEVEL SECURITY; ALTER TABLE search_words NO FORCE ROW LEVEL SECURITY");
            await owner.ExecuteAsync($"UPDATE leads SET search_text = ' other words ' WHERE {string.Format(null, same, leads[0])}"); // outdated, and in the index so
            await owner.ExecuteAsync(string.Format(null, index, leads[1])); // missing
            await owner.ExecuteAsync("DELETE FROM search_words WHERE word_key = 'engine' AND tenant_id = @tenant", ("@tenant", client.TenantId)); // missing
            if (database == Database.Postgres) await owner.ExecuteAsync("ALTER TABLE leads FORCE ROW LEVEL SECURITY; ALTER TABLE search_documents FORCE ROW LEVEL SECURITY; ALTER TABLE search_words FORCE ROW LEVEL SECURITY");
        }

        var check = await CrmProcess.RunAsync(["check", "--search"], SettingTests.With(("ConnectionStrings__Crm", host.ConnectionString)));
        check.Code.ShouldBe(1, string.Join('\n', check.Errors));
        check.Output.Split('\n').Where(line => line.StartsWith($"{client.TenantId}", StringComparison.Ordinal)).Select(line => line.Split(' ', 4)[1..3]).ShouldBe([["outdated", "words:"], ["missing", "entry:"], ["missing", "words:"]], ignoreOrder: true);
        (await client.GetAsync("/api/leads?search=king"))["total"].GetInt32().ShouldBe(0);

        var rebuilt = await CrmProcess.RunAsync(["reindex"], SettingTests.With(("ConnectionStrings__Crm", host.ConnectionString)));
        rebuilt.Code.ShouldBe(0, string.Join('\n', rebuilt.Errors));
        rebuilt.Output.ShouldContain($"{client.TenantId} 5 records");
        (await CrmProcess.RunAsync(["check", "--search"], SettingTests.With(("ConnectionStrings__Crm", host.ConnectionString)))).Code.ShouldBe(0);
        (await client.GetAsync("/api/leads?search=king"))["total"].GetInt32().ShouldBe(1);
        (await client.GetAsync("/api/leads?search=kimg"))["total"].GetInt32().ShouldBe(1);
        (await host.QueryAsync(client.TenantId, db => db.SearchWords.Where(w => w.VariantKey == w.WordKey).Select(w => w.WordKey).Distinct().ToListAsync(Ct))).ShouldNotContain("lovelace"); // which no record has any more
        (await client.GetAsync($"/api/leads/{leads[0]}")).ETag.ShouldBe(lead); // nothing happened to the records
    }

    private static async Task FillAsync(Client client)
    {
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace", phone = "+49 30 1234567" });
        await client.PatchAsync($"/api/leads/{lead}", new { lastName = "King" });
        var gone = await client.MakeAsync("leads", new { lastName = "Gone" });
        await client.DeleteAsync($"/api/leads/{gone}");
        var back = await client.MakeAsync("leads", new { lastName = "Back" });
        await client.DeleteAsync($"/api/leads/{back}");
        await client.PostAsync($"/api/leads/{back}/restore");
        var deal = await client.MakeAsync("deals", new { name = "Engine", tags = new[] { "big" } });
        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "CLOSED_LOST", lostReason = "Price" })).ShouldBe(HttpStatusCode.OK);
        var task = await client.MakeAsync("tasks", new { title = "Call" });
        await client.PutAsync($"/api/tasks/{task}/complete");
        await client.MakeAsync("activities", new { type = "NOTE", subject = "Talk", dealId = deal });
    }
}
