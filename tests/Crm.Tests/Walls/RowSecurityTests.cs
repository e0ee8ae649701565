using Crm.Database.Tenancy;
using Crm.Tests.Hosting;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Tests.Walls;

/// <summary>The third wall, in PostgreSQL itself: what the application's role sees and may do, whatever SQL is sent.</summary>
public sealed class RowSecurityTests
{
    private const string Role = "crm_app";

    /// <summary>Which tenants an account may act for is asked before there is a tenant: ids alone, of no tenant's own table.</summary>
    private const string OfAccounts = "account_memberships";

    [Fact]
    public async Task Every_table_of_tenants_stands_behind_the_wall()
    {
        await using var db = await OwnerAsync();
        var tables = await db.RowsAsync(
            """
            SELECT c.relname::text, c.relrowsecurity, c.relforcerowsecurity, ARRAY(
              SELECT format('%s %s %s | %s', p.polname, p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid) AND pg_get_expr(p.polqual, p.polrelid) = @tenant)
              FROM pg_policy p WHERE p.polrelid = c.oid AND (p.polroles = '{0}' OR @role::regrole::oid = ANY (p.polroles)))
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND c.relnamespace = current_schema()::regnamespace AND c.relname <> @accounts
            """,
            ("@accounts", OfAccounts), ("@role", Role), ("@tenant", "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)"));

        tables.Count.ShouldBeGreaterThanOrEqualTo(15);
        foreach (var table in tables)
        {
            table[1].ShouldBe(true, $"{table[0]}: ENABLE");
            table[2].ShouldBe(true, $"{table[0]}: FORCE");
            ((string[])table[3]!).ShouldBe(["tenant * t | t"], $"{table[0]}: its policy for {Role}");
        }
    }

    [Fact]
    public async Task The_role_of_the_application_owns_nothing_and_cannot_go_round_the_wall()
    {
        await using var db = await OwnerAsync();

        (await db.RowsAsync("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin FROM pg_roles WHERE rolname = @role", ("@role", Role)))
            .ShouldHaveSingleItem().ShouldAllBe(may => !(bool)may!);
        (await db.RowsAsync("SELECT 1 FROM pg_auth_members WHERE member = @role::regrole", ("@role", Role))).ShouldBeEmpty("it is in no other role");
        (await db.RowsAsync("SELECT 1 FROM pg_shdepend WHERE refobjid = @role::regrole AND deptype = 'o'", ("@role", Role))).ShouldBeEmpty("it owns nothing");
        var beyond = await db.RowsAsync(
            """
            SELECT c.relname::text, p FROM pg_class c, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) p
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND has_table_privilege(@role, c.oid, p)
            """, ("@role", Role));
        beyond.ShouldBeEmpty();
        (await db.RowsAsync("SELECT has_schema_privilege(@role, current_schema(), 'CREATE')", ("@role", Role)))[0][0].ShouldBe(false);
    }

    [Fact]
    public async Task With_no_tenant_set_there_is_nothing_to_see_and_nothing_can_be_written()
    {
        var (tenant, _) = await TwoTenantsAsync();
        await using var db = await AppAsync();
        foreach (var unset in new[] { "RESET app.tenant_id", "SELECT set_config('app.tenant_id', '', false)" })
        {
            await db.ExecuteAsync(unset);
            foreach (var table in await TablesAsync(db))
            {
                (await db.RowsAsync($"SELECT count(*) FROM {table}"))[0][0].ShouldBe(0L, table);
                (await db.ExecuteAsync($"UPDATE {table} SET tenant_id = tenant_id")).ShouldBe(0, table);
                (await db.ExecuteAsync($"DELETE FROM {table}")).ShouldBe(0, table);
                await ShouldRefuseAsync(db, $"INSERT INTO {table} (tenant_id) VALUES ('{tenant}')", "row-level security", table);
                await ShouldRefuseAsync(db, $"INSERT INTO {table} (tenant_id) VALUES (NULL)", "row-level security", table);
            }
        }
    }

    [Fact]
    public async Task With_a_tenant_set_only_its_rows_are_there_whatever_the_SQL()
    {
        var (own, foreign) = await TwoTenantsAsync();
        var host = await Hosts.For(Database.Postgres);
        var before = await DataHash.OfAsync(host, foreign);
        await using var db = await AppAsync();
        await db.ExecuteAsync($"SELECT set_config('app.tenant_id', '{own}', false)");
        foreach (var table in await TablesAsync(db))
        {
            if (table is not "idempotency_keys") (await db.RowsAsync($"SELECT DISTINCT tenant_id FROM {table}")).ShouldAllBe(row => (Guid)row[0]! == own, table);
            (await db.RowsAsync($"SELECT 1 FROM {table} WHERE tenant_id = '{foreign}' OR true LIMIT 1")).Count.ShouldBeLessThanOrEqualTo(1);
            (await db.RowsAsync($"SELECT 1 FROM {table} WHERE tenant_id <> '{own}'")).ShouldBeEmpty(table);
            (await db.ExecuteAsync($"UPDATE {table} SET tenant_id = tenant_id WHERE tenant_id = '{foreign}'")).ShouldBe(0, table);
            (await db.ExecuteAsync($"DELETE FROM {table} WHERE tenant_id = '{foreign}'")).ShouldBe(0, table);
            await ShouldRefuseAsync(db, $"INSERT INTO {table} (tenant_id) VALUES ('{foreign}')", "row-level security", table);
            await ShouldRefuseAsync(db, $"TRUNCATE {table}", "permission denied", table);
            await ShouldRefuseAsync(db, $"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", "must be owner", table);
            await ShouldRefuseAsync(db, $"DROP POLICY tenant ON {table}", "must be owner", table);
        }

        await ShouldRefuseAsync(db, $"UPDATE leads SET tenant_id = '{foreign}'", "row-level security", "leads");
        await ShouldRefuseAsync(db, "CREATE TABLE mine (id int)", "permission denied", "a new table");
        await ShouldRefuseAsync(db, "CALL raise_wall('leads')", "permission denied", "the procedure of the migrations");
        (await DataHash.OfAsync(host, foreign)).ShouldBe(before);
    }

    /// <summary>A login that has nothing but the right to become the role: a command that forgot to would be refused.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_command_that_the_service_sends_goes_as_the_role(bool setLocal)
    {
        var ownerString = await Hosts.NewDatabaseAsync(Database.Postgres);
        await (await CrmHost.StartAsync(Database.Postgres, ownerString)).DisposeAsync(); // migrates
        var login = $"app_{Guid.CreateVersion7():N}";
        await using var owner = await Sql.OpenAsync(Database.Postgres, ownerString);
        await owner.ExecuteAsync($"CREATE ROLE {login} LOGIN NOINHERIT PASSWORD 'secret' IN ROLE {Role}; GRANT SELECT ON schema_migrations TO {login}");
        try
        {
            var connectionString = new NpgsqlConnectionStringBuilder(ownerString) { Username = login, Password = "secret", Pooling = false }.ConnectionString;
            await using var host = await CrmHost.StartAsync(Database.Postgres, connectionString, builder => With(builder, ("Database:SetLocal", setLocal ? "true" : "false")));

            await WorkAsync(host);
            var check = await CrmProcess.RunAsync(["check", "--audit"], SettingTests.With(("ConnectionStrings__Crm", connectionString)));
            check.Code.ShouldBe(1);
            check.Errors.ShouldHaveSingleItem().ShouldContain("Connect as the login that owns the tables");
            await owner.ExecuteAsync($"ALTER ROLE {login} INHERIT; GRANT {Role} TO {login}"); // which may read what it sees, and sees no tenant's
            var blind = await CrmProcess.RunAsync(["check", "--audit"], SettingTests.With(("ConnectionStrings__Crm", connectionString)));
            blind.Code.ShouldBe(1);
            blind.Errors.ShouldHaveSingleItem().ShouldContain("Connect as the login that owns the tables");
        }
        finally
        {
            await owner.ExecuteAsync($"DROP OWNED BY {login}; DROP ROLE {login}");
        }
    }

    /// <summary>A connection of the pool gives the same object for each of its transactions, which tells nothing of what was set in it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_transaction_stands_behind_the_wall_also_the_next_of_the_same_work_on_the_same_connection(bool setLocal)
    {
        var connectionString = await Hosts.NewDatabaseAsync(Database.Postgres);
        await (await CrmHost.StartAsync(Database.Postgres, connectionString)).DisposeAsync(); // migrating takes two connections
        await using var host = await CrmHost.StartAsync(Database.Postgres, new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 1 }.ConnectionString, builder => With(builder, ("Database:SetLocal", setLocal ? "true" : "false")));
        var roles = await host.QueryAsync(host.NewTenant().TenantId, async db =>
        {
            var seen = new List<string>();
            foreach (var commits in new[] { false, true, false, true, true })
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                seen.Add(await db.Database.SqlQueryRaw<string>("SELECT current_user::text AS \"Value\"").SingleAsync());
                if (commits) await transaction.CommitAsync();
            }

            return seen;
        });

        roles.ShouldBe([Role, Role, Role, Role, Role]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reads_saves_bulk_updates_and_raw_SQL_stand_behind_the_wall_waiting_or_not(bool setLocal)
    {
        await using var host = await CrmHost.StartAsync(Database.Postgres, await Hosts.NewDatabaseAsync(Database.Postgres), builder => With(builder, ("Database:SetLocal", setLocal ? "true" : "false")));
        var (own, foreign) = (host.NewTenant(), host.NewTenant());
        await own.MakeAsync("leads", new { lastName = "Mine" });
        await foreign.MakeAsync("leads", new { lastName = "Theirs" });
        using var scope = host.Services.CreateScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Enter(own.TenantId, "test");
        var db = scope.ServiceProvider.GetRequiredService<Crm.Database.CrmDbContext>();
        var ct = TestContext.Current.CancellationToken;
        const string all = "SELECT last_name FROM leads";
        const string role = "SELECT current_user::text AS \"Value\"";

        foreach (var inTransaction in new[] { false, true })
        {
            await using var transaction = inTransaction ? await db.Database.BeginTransactionAsync(ct) : null;
            (await db.Database.SqlQueryRaw<string>(all).ToListAsync(ct)).ShouldBe(["Mine"]);
            db.Database.SqlQueryRaw<string>(all).ToList().ShouldBe(["Mine"]);
            (await db.Database.SqlQueryRaw<string>(role).ToListAsync(ct)).ShouldBe([Role]);
            (await db.Leads.IgnoreQueryFilters().CountAsync(ct)).ShouldBe(1);
            db.Leads.IgnoreQueryFilters().Count().ShouldBe(1);
            (await db.Leads.IgnoreQueryFilters().Where(l => l.LastName == "Theirs").ExecuteDeleteAsync(ct)).ShouldBe(0);
            db.Leads.IgnoreQueryFilters().Where(l => l.LastName == "Theirs").ExecuteUpdate(set => set.SetProperty(l => l.JobTitle, "Changed")).ShouldBe(0);
            (await db.Leads.IgnoreQueryFilters().ExecuteUpdateAsync(set => set.SetProperty(l => l.JobTitle, "Changed"), ct)).ShouldBe(1);
            (await db.Database.ExecuteSqlRawAsync("DELETE FROM leads WHERE last_name = 'Theirs'", ct)).ShouldBe(0);
            db.Database.ExecuteSqlRaw("UPDATE leads SET job_title = 'Changed'").ShouldBe(1);
            if (transaction is not null) await transaction.CommitAsync(ct);
        }

        (await host.QueryAsync(foreign.TenantId, other => other.Leads.Select(l => l.JobTitle).SingleAsync())).ShouldBeNull();

        // Behind a savepoint that is undone, the wall stands again.
        await using (await db.Database.BeginTransactionAsync(ct))
        {
            await db.Database.CurrentTransaction!.CreateSavepointAsync("here", ct);
            (await db.Leads.CountAsync(ct)).ShouldBe(1);
            await db.Database.CurrentTransaction!.RollbackToSavepointAsync("here", ct);
            (await db.Database.SqlQueryRaw<string>(role).ToListAsync(ct)).ShouldBe([Role]);
            (await db.Database.SqlQueryRaw<string>(all).ToListAsync(ct)).ShouldBe(["Mine"]);
        }
    }

    [Fact]
    public async Task A_role_that_may_not_make_roles_is_told_what_to_run()
    {
        var ownerString = await Hosts.EmptyDatabaseAsync(Database.Postgres);
        await using var owner = await Sql.OpenAsync(Database.Postgres, ownerString);
        var login = $"owner_{Guid.CreateVersion7():N}";
        var name = new NpgsqlConnectionStringBuilder(ownerString).Database;
        await owner.ExecuteAsync($"CREATE ROLE {login} LOGIN PASSWORD 'secret'; ALTER DATABASE {name} OWNER TO {login}");
        var connectionString = new NpgsqlConnectionStringBuilder(ownerString) { Username = login, Password = "secret", Pooling = false }.ConnectionString;

        var refused = await Migrations.Program.RunAsync(connectionString, "migrate");
        refused.ExitCode.ShouldBe(1);
        refused.Errors.ShouldContain($"GRANT crm_app TO {login}");

        await owner.ExecuteAsync($"GRANT {Role} TO {login}");
        (await Migrations.Program.RunAsync(connectionString, "migrate")).ExitCode.ShouldBe(0);
        await using var host = await CrmHost.StartAsync(Database.Postgres, connectionString);
        await WorkAsync(host);
    }

    [Fact]
    public async Task Statements_and_locks_end_in_time_and_say_so()
    {
        await using var host = await CrmHost.StartAsync(
            Database.Postgres, await Hosts.NewDatabaseAsync(Database.Postgres),
            builder => With(builder, ("Database:StatementTimeoutSeconds", "2"), ("Database:LockTimeoutSeconds", "1")));
        var client = host.NewTenant();
        var (path, id) = await client.MakeOneAsync("leads");
        await using var other = await Sql.OpenAsync(Database.Postgres, host.ConnectionString);
        await using (var holding = await other.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await other.ExecuteAsync($"SELECT 1 FROM leads WHERE id = '{id}' FOR UPDATE");
            (await client.PatchAsync(path, new { lastName = "Waits" })).ShouldFail(System.Net.HttpStatusCode.Conflict, "contended");
            await holding.RollbackAsync(TestContext.Current.CancellationToken);
        }

        await using (var holding = await other.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await other.ExecuteAsync("LOCK TABLE leads IN ACCESS EXCLUSIVE MODE");
            (await client.GetAsync("/api/leads")).Status.ShouldBeOneOf(System.Net.HttpStatusCode.Conflict, System.Net.HttpStatusCode.ServiceUnavailable);
            await holding.RollbackAsync(TestContext.Current.CancellationToken);
        }

        (await Should.ThrowAsync<PostgresException>(() => host.QueryAsync(client.TenantId, db => db.Database.SqlQueryRaw<string>("SELECT pg_sleep(30)::text AS \"Value\"").ToListAsync())))
            .SqlState.ShouldBe(PostgresErrorCodes.QueryCanceled);
        (await client.PatchAsync(path, new { lastName = "Works" })).ShouldBe(System.Net.HttpStatusCode.OK);
    }

    /// <summary>A bit of everything that a service does.</summary>
    private static async Task WorkAsync(CrmHost host)
    {
        var client = host.NewTenant();
        var lead = await client.PostAsync("/api/leads", new { lastName = "Lovelace", tags = new List<string> { "first" } }, ("Idempotency-Key", "one"));
        lead.ShouldBe(System.Net.HttpStatusCode.Created);
        (await client.PostAsync("/api/leads", new { lastName = "Lovelace", tags = new List<string> { "first" } }, ("Idempotency-Key", "one"))).Bytes.ShouldBe(lead.Bytes);
        var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead.Id, value = 10 });
        var task = await client.MakeAsync("tasks", new { title = "Call", leadId = lead.Id });
        await client.MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead.Id, dealId = deal, taskId = task });
        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "CLOSED_WON" })).ShouldBe(System.Net.HttpStatusCode.OK);
        (await client.PutAsync($"/api/tasks/{task}/complete")).ShouldBe(System.Net.HttpStatusCode.OK);
        (await client.DeleteAsync($"/api/leads/{lead.Id}")).ShouldBe(System.Net.HttpStatusCode.NoContent);
        (await client.PostAsync($"/api/leads/{lead.Id}/restore")).ShouldBe(System.Net.HttpStatusCode.OK);
        (await client.GetAsync($"/api/leads/{lead.Id}/timeline")).Items.Count.ShouldBeGreaterThan(4);
        (await client.GetAsync($"/api/deals/{deal}/timeline")).Items.Count.ShouldBeGreaterThan(4);
        (await client.GetAsync("/api/leads?search=love&total=exact")).Items.Count.ShouldBe(1);
        (await client.As(Contracts.Members.Role.Rep, "bob").GetAsync("/api/me")).ShouldBe(System.Net.HttpStatusCode.OK);
    }

    private static async Task<List<string>> TablesAsync(System.Data.Common.DbConnection db) =>
        [.. (await db.RowsAsync("SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"))
            .Select(row => (string)row[0]!).Where(table => table != OfAccounts)];

    private static async Task ShouldRefuseAsync(System.Data.Common.DbConnection db, string sql, string fault, string what) =>
        (await Should.ThrowAsync<PostgresException>(() => db.ExecuteAsync(sql), what)).MessageText.ShouldContain(fault, Case.Sensitive, what);

    private static async Task<System.Data.Common.DbConnection> OwnerAsync() => await Sql.OpenAsync(Database.Postgres, (await Hosts.For(Database.Postgres)).ConnectionString);

    private static async Task<System.Data.Common.DbConnection> AppAsync()
    {
        var db = await Sql.OpenAsync(Database.Postgres, new NpgsqlConnectionStringBuilder((await Hosts.For(Database.Postgres)).ConnectionString) { Pooling = false }.ConnectionString);
        await db.ExecuteAsync($"SET ROLE {Role}");
        return db;
    }

    private static async Task<(Guid Own, Guid Foreign)> TwoTenantsAsync()
    {
        var host = await Hosts.For(Database.Postgres);
        var (own, foreign) = (host.NewTenant(), host.NewTenant());
        foreach (var client in new[] { own, foreign })
        {
            var lead = await client.MakeAsync("leads", new { lastName = "Lovelace", tags = new List<string> { "first" } });
            await client.MakeAsync("deals", new { name = "Engine", leadId = lead, tags = new List<string> { "first" } });
            await client.MakeAsync("tasks", new { title = "Call", leadId = lead });
        }

        return (own.TenantId, foreign.TenantId);
    }

    private static void With(WebApplicationBuilder builder, params (string Name, string Value)[] settings) =>
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
}
