using System.Data.Common;
using Crm.Services.Audit;
using Crm.Tests.Hosting;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Audit;

/// <summary>Whoever may write into the database itself may change the log; not unseen.</summary>
public sealed class TamperTests
{
    private const string Third = "(SELECT event_id FROM seals WHERE tenant_id = @tenant AND position = 3)";
    private const string Fourth = "(SELECT event_id FROM seals WHERE tenant_id = @tenant AND position = 4)";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [EachDatabase("type", "'lead.deleted'")]
    [EachDatabase("collection", "'deals'")]
    [EachDatabase("record_id", "tenant_id")]
    [EachDatabase("version", "4711")]
    [EachDatabase("actor", "'somebody else'")]
    [EachDatabase("occurred_at", null)]
    [EachDatabase("address", "'10.9.8.7'")]
    [EachDatabase("address", "NULL")]
    [EachDatabase("credential", "'token:another'")]
    [EachDatabase("trace_id", "NULL")]
    [EachDatabase("changes", "'{\"lastName\":{}}'")]
    [EachDatabase("record", "'{}'")]
    public async Task An_event_of_which_any_column_was_changed_is_found(Database database, string column, string? value) => await ShouldFindAsync(
        database,
        $"UPDATE events SET {column} = {value ?? (database == Database.Sqlite ? "occurred_at + 1" : "occurred_at + interval '1 microsecond'")} WHERE tenant_id = @tenant AND id = {Third}",
        ("altered event", "at position 3"));

    [Theory, EachDatabase]
    public async Task An_event_that_was_taken_out_is_found(Database database) =>
        await ShouldFindAsync(database, $"DELETE FROM events WHERE tenant_id = @tenant AND id = {Third}", ("missing event", "position 3"));

    [Theory, EachDatabase]
    public async Task An_event_that_was_taken_out_before_it_was_sealed_is_found(Database database)
    {
        var client = await ChainAsync(database);
        await client.MakeAsync("leads", new { lastName = "Not sealed yet" });
        await using var connection = await Sql.OpenAsync(database, client.Host.ConnectionString);
        await connection.ExecuteAsync("DELETE FROM events WHERE tenant_id = @tenant AND id IN (SELECT event_id FROM unsealed_events WHERE tenant_id = @tenant)", ("@tenant", client.TenantId));

        (await CheckAsync(client)).Findings.ShouldHaveSingleItem().ShouldStartWith("missing event");
        (await client.Host.Services.GetRequiredService<Sealer>().SealBatchAsync(client.TenantId, Stop)).ShouldBe(0); // and it holds up nothing
    }

    [Theory, EachDatabase]
    public async Task An_event_that_was_put_in_is_found(Database database)
    {
        var client = await ChainAsync(database);
        await client.MakeAsync("leads", new { lastName = "Put in" });
        await using var connection = await Sql.OpenAsync(database, client.Host.ConnectionString);
        await connection.ExecuteAsync("DELETE FROM unsealed_events WHERE tenant_id = @tenant", ("@tenant", client.TenantId));

        (await CheckAsync(client)).Findings.ShouldHaveSingleItem().ShouldStartWith("missing seal: of event");
    }

    [Theory, EachDatabase]
    public async Task Two_events_that_changed_places_are_found(Database database)
    {
        var client = await ChainAsync(database);
        await using var connection = await Sql.OpenAsync(database, client.Host.ConnectionString);
        var ids = await connection.RowsAsync("SELECT event_id FROM seals WHERE tenant_id = @tenant AND position IN (3, 4) ORDER BY position", ("@tenant", client.TenantId));
        foreach (var (position, id) in new[] { (3, Guid.Empty), (4, ids[0][0]!), (3, ids[1][0]!) })
        {
            await connection.ExecuteAsync($"UPDATE seals SET event_id = @id WHERE tenant_id = @tenant AND position = {position}", ("@tenant", client.TenantId), ("@id", id));
        }

        (await CheckAsync(client)).Findings.Select(finding => finding.Split(':')[0]).ShouldBe(["altered event", "altered event"]);
    }

    [Theory, EachDatabase]
    public async Task Two_events_that_changed_their_contents_are_found(Database database)
    {
        var client = await ChainAsync(database);
        await using var connection = await Sql.OpenAsync(database, client.Host.ConnectionString);
        var records = await connection.RowsAsync($"SELECT record FROM events WHERE tenant_id = @tenant AND id = {Third} UNION ALL SELECT record FROM events WHERE tenant_id = @tenant AND id = {Fourth}", ("@tenant", client.TenantId));
        await connection.ExecuteAsync($"UPDATE events SET record = @record WHERE tenant_id = @tenant AND id = {Third}", ("@tenant", client.TenantId), ("@record", records[1][0]!));
        await connection.ExecuteAsync($"UPDATE events SET record = @record WHERE tenant_id = @tenant AND id = {Fourth}", ("@tenant", client.TenantId), ("@record", records[0][0]!));

        (await CheckAsync(client)).Findings.Select(finding => finding.Split(':')[0]).ShouldBe(["altered event", "altered event"]);
    }

    [Theory, EachDatabase]
    public async Task A_seal_that_was_taken_out_is_found(Database database) =>
        await ShouldFindAsync(database, "DELETE FROM seals WHERE tenant_id = @tenant AND position = 3", ("missing seal", "at position 3"), ("missing seal", "of event"));

    [Theory, EachDatabase]
    public async Task A_seal_that_was_forged_is_found(Database database) => await ShouldFindAsync(
        database, $"UPDATE seals SET hash = {Blob(database)} WHERE tenant_id = @tenant AND position = 3", ("altered event", "at position 3"), ("altered event", "at position 4"));

    [Theory, EachDatabase]
    public async Task A_head_that_was_forged_taken_away_or_set_back_is_found(Database database)
    {
        await ShouldFindAsync(database, $"UPDATE seal_heads SET hash = {Blob(database)} WHERE tenant_id = @tenant", ("broken head", "position 6"));
        await ShouldFindAsync(database, "DELETE FROM seal_heads WHERE tenant_id = @tenant", ("broken head", "no head"));
        await ShouldFindAsync(database, "UPDATE seal_heads SET position = 7 WHERE tenant_id = @tenant", ("missing seal", "at position 7"));
        await ShouldFindAsync(database, "UPDATE seal_heads SET position = 5 WHERE tenant_id = @tenant", ("broken head", "position 5"), ("extra seal", "at position 6"));
    }

    [Theory, EachDatabase]
    public async Task An_end_that_was_cut_off_with_all_that_tells_of_it_is_found_by_a_head_that_was_kept(Database database)
    {
        var client = await ChainAsync(database);
        var kept = (await CheckAsync(client)).Head;
        await using var connection = await Sql.OpenAsync(database, client.Host.ConnectionString);
        await CutAsync(connection, client, 4);

        var cut = await CheckAsync(client);
        cut.Findings.ShouldBeEmpty();
        cut.Head.Position.ShouldBe(4);
        (await CheckAsync(client, kept)).Findings.ShouldHaveSingleItem().ShouldBe("missing seal: the chain ends at position 4, but the head that was kept is at 6");

        // Filled up again with others, it isn't the same.
        for (var i = 0; i < 3; i++) await client.MakeAsync("leads", new { lastName = "Another" });
        await client.Host.Services.GetRequiredService<Sealer>().SealBatchAsync(client.TenantId, Stop);
        (await CheckAsync(client)).Findings.ShouldBeEmpty();
        (await CheckAsync(client, kept)).Findings.ShouldHaveSingleItem().ShouldStartWith("altered event: at position 6");
        (await CheckAsync(client, cut.Head)).Findings.ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task The_verb_prints_each_head_finds_what_was_done_to_the_log_and_ends_with_1(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connectionString);
        var (good, bad) = (await ChainAsync(host), await ChainAsync(host));
        var settings = SettingTests.With(("ConnectionStrings__Crm", connectionString));

        var whole = await CrmProcess.RunAsync(["check", "--audit"], settings);
        whole.Code.ShouldBe(0, string.Join('\n', whole.Errors));
        var heads = whole.Output.Split('\n').Where(line => line.Contains(" waiting", StringComparison.Ordinal)).ToDictionary(line => Guid.Parse(line.Split(':')[0]), line => line.Split(' ')[0]);
        heads.Keys.ShouldBe([good.TenantId, bad.TenantId], ignoreOrder: true);
        whole.Output.ShouldContain("2 chains, 0 findings");

        await using (var connection = await Sql.OpenAsync(database, connectionString))
        {
            await connection.ExecuteAsync($"UPDATE events SET actor = 'nobody' WHERE tenant_id = @tenant AND id = {Third}", ("@tenant", bad.TenantId));
            await CutAsync(connection, good, 5);
        }

        var checkedAll = await CrmProcess.RunAsync(["check", "--audit"], settings);
        checkedAll.Code.ShouldBe(1);
        checkedAll.Output.ShouldContain($"{bad.TenantId} altered event: ");
        checkedAll.Output.ShouldContain("2 chains, 1 findings");
        (await CrmProcess.RunAsync(["check", "--audit", "--tenant", $"{good.TenantId}"], settings)).Code.ShouldBe(0);
        var expected = await CrmProcess.RunAsync(["check", "--audit", "--tenant", $"{good.TenantId}", "--expect", heads[good.TenantId]], settings);
        expected.Code.ShouldBe(1);
        expected.Output.ShouldContain($"{good.TenantId} missing seal: the chain ends at position 5, but the head that was kept is at 6");

        var wrong = await CrmProcess.RunAsync(["check", "--audit", "--expect", "nonsense"], settings);
        wrong.Code.ShouldBe(1);
        wrong.Errors[0].ShouldContain("TENANT:POSITION:HASH");
        (await CrmProcess.RunAsync(["check"], settings)).Errors[0].ShouldContain("--audit");
        var other = await CrmProcess.RunAsync(["check", "--audit", "--tenant", $"{good.TenantId}", "--expect", heads[bad.TenantId]], settings);
        (other.Code, other.Errors[0]).ShouldBe((1, "--expect is of another tenant than --tenant."));
    }

    private static async Task CutAsync(DbConnection connection, Client client, int position)
    {
        var tenant = ("@tenant", (object)client.TenantId);
        await connection.ExecuteAsync($"DELETE FROM events WHERE tenant_id = @tenant AND id IN (SELECT event_id FROM seals WHERE tenant_id = @tenant AND position > {position})", tenant);
        await connection.ExecuteAsync($"DELETE FROM seals WHERE tenant_id = @tenant AND position > {position}", tenant);
        await connection.ExecuteAsync($"UPDATE seal_heads SET position = {position}, hash = (SELECT hash FROM seals WHERE tenant_id = @tenant AND position = {position}) WHERE tenant_id = @tenant", tenant);
    }

    private static async Task ShouldFindAsync(Database database, string sql, params (string What, string Where)[] findings)
    {
        var client = await ChainAsync(database);
        await using var connection = await Sql.OpenAsync(database, client.Host.ConnectionString);
        (await connection.ExecuteAsync(sql, ("@tenant", client.TenantId))).ShouldBeGreaterThan(0);

        var found = (await CheckAsync(client)).Findings;

        found.Count.ShouldBe(findings.Length, string.Join('\n', found));
        for (var i = 0; i < findings.Length; i++)
        {
            found[i].ShouldStartWith(findings[i].What + ":");
            found[i].ShouldContain(findings[i].Where);
        }
    }

    private static async Task<Client> ChainAsync(Database database) => await ChainAsync(await Hosts.For(database));

    /// <summary>A tenant with a chain of six.</summary>
    private static async Task<Client> ChainAsync(CrmHost host)
    {
        var client = host.NewTenant();
        for (var i = 0; i < 6; i++) await client.MakeAsync("leads", new { lastName = $"Lead {i}" });
        (await client.Host.Services.GetRequiredService<Sealer>().SealBatchAsync(client.TenantId, Stop)).ShouldBe(6);
        (await CheckAsync(client)).Findings.ShouldBeEmpty();
        return client;
    }

    private static Task<ChainReport> CheckAsync(Client client, params ChainHead[] kept) => client.Host.Services.GetRequiredService<AuditCheck>().CheckAsync(client.TenantId, kept, Stop);

    private static string Blob(Database database) => database == Database.Sqlite ? "zeroblob(32)" : "decode(repeat('00', 32), 'hex')";
}
