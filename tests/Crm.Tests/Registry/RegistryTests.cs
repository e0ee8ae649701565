using System.Net.Http.Json;
using System.Text.Json;
using Crm.Registry;
using Crm.Registry.Customers;
using Crm.Tests.Kit;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace Crm.Tests.Registry;

public sealed class RegistryTests : IAsyncLifetime
{
    private readonly Guid tenant = Guid.CreateVersion7();
    private RegistryHost registry = null!;

    public async ValueTask InitializeAsync() => registry = await RegistryHost.StartAsync();

    public ValueTask DisposeAsync() => registry.DisposeAsync();

    [Fact]
    public async Task The_same_key_answers_the_same_customer()
    {
        var (status, first) = await RegisterAsync(Ada("lead:1"), "one");
        var (again, second) = await RegisterAsync(Ada("lead:1"), "one");

        status.ShouldBe(201);
        again.ShouldBe(201);
        second.GetRawText().ShouldBe(first.GetRawText());
        (await ItemsAsync("")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Fifty_at_once_with_one_key_make_one_customer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RegisterAsync(Ada("lead:1"), "one")));

        answers.ShouldAllBe(answer => answer.Status == 201);
        answers.Select(answer => answer.Body.GetRawText()).Distinct().Count().ShouldBe(1);
        (await ItemsAsync("")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_reference_or_an_address_that_is_registered_answers_409_with_its_id()
    {
        var (_, made) = await RegisterAsync(Ada("lead:1"), "one");
        var byReference = await RegisterAsync(new { externalReference = "lead:1", lastName = "Byron" }, "two");
        var byAddress = await RegisterAsync(new { externalReference = "lead:2", lastName = "Byron", email = "ADA@example.com " }, "three");
        var withoutKey = await RegisterAsync(Ada("lead:1"), null);

        foreach (var (status, body) in new[] { byReference, byAddress, withoutKey })
        {
            status.ShouldBe(409);
            Text(body, "id").ShouldBe(Text(made, "id"));
        }
    }

    [Fact]
    public async Task What_the_service_takes_as_a_website_the_registry_takes()
    {
        var (status, _) = await RegisterAsync(new { lastName = "Lovelace", email = "ada@example.com", company = new { website = new string('x', 500) } }, "one");

        status.ShouldBe(201);
    }

    [Fact]
    public async Task Who_is_in_the_way_is_found_by_an_index_however_many_there_are()
    {
        await using var connection = await Sql.OpenAsync(Database.Sqlite, "Data Source=:memory:");
        await using (var schema = typeof(CustomerStore).Assembly.GetManifestResourceStream("schema.sql")!) await connection.ExecuteAsync(await new StreamReader(schema).ReadToEndAsync(TestContext.Current.CancellationToken));

        var plan = await connection.RowsAsync($"EXPLAIN QUERY PLAN {CustomerStore.InTheWay}", ("$tenant", "t"), ("$key", "k"), ("$reference", "r"), ("$email", "e"));

        var steps = plan.ConvertAll(row => (string)row[3]!).Where(step => step.Contains("customers", StringComparison.Ordinal)).ToList();
        steps.Count.ShouldBe(3);
        foreach (var column in new[] { "idempotency_key", "external_reference", "email_key" }) steps.ShouldContain(step => step.EndsWith($"(tenant_id=? AND {column}=?)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_is_for_one_body()
    {
        await RegisterAsync(Ada("lead:1"), "one");
        var (status, problem) = await RegisterAsync(new { externalReference = "lead:2", lastName = "Byron" }, "one");

        status.ShouldBe(422);
        Text(problem, "detail").ShouldContain("Idempotency-Key");
    }

    [Fact]
    public async Task Who_cannot_be_registered_hears_why()
    {
        await RefusedAsync(422, "last name", new { firstName = "Ada" });
        await RefusedAsync(422, "email", new { lastName = "Lovelace", email = "ada" });
        await RefusedAsync(422, "lastName has more than 200", new { lastName = new string('x', 201) });
        await RefusedAsync(400, "$.surname", new { lastName = "Lovelace", surname = "Byron" });
        (await ItemsAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Tenants_do_not_meet()
    {
        var (_, made) = await RegisterAsync(Ada("lead:1"), "one");
        var other = Guid.CreateVersion7();
        var (status, theirs) = await registry.SendAsync(HttpMethod.Post, "/api/customers", other, Ada("lead:1"), "one");

        status.ShouldBe(201);
        Text(theirs, "id").ShouldNotBe(Text(made, "id"));
        (await registry.SendAsync(HttpMethod.Get, $"/api/customers/{Text(made, "id")}", other)).Status.ShouldBe(404);
        var (refused, problem) = await registry.SendAsync(HttpMethod.Get, "/api/customers", null);
        refused.ShouldBe(400);
        Text(problem, "detail").ShouldContain("X-Tenant-Id");
    }

    [Fact]
    public async Task A_customer_is_found_by_its_reference_its_address_and_its_id()
    {
        var (_, made) = await RegisterAsync(Ada("lead:1"), "one");
        await RegisterAsync(new { lastName = "Byron", company = new { name = "Example" } }, "two");

        (await ItemsAsync("?externalReference=lead:1")).ShouldHaveSingleItem().GetRawText().ShouldBe(made.GetRawText());
        (await ItemsAsync("?email=Ada@Example.com")).ShouldHaveSingleItem().GetRawText().ShouldBe(made.GetRawText());
        (await registry.SendAsync(HttpMethod.Get, $"/api/customers/{Text(made, "id")}", tenant)).Body.GetRawText().ShouldBe(made.GetRawText());
        (await ItemsAsync("?externalReference=lead:3")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_list_comes_in_pages()
    {
        for (var i = 0; i < 5; i++) await RegisterAsync(new { lastName = $"Example {i}" }, null);

        var seen = new List<string>();
        string? after = "0";
        while (after is not null)
        {
            var (_, page) = await registry.SendAsync(HttpMethod.Get, $"/api/customers?take=2&after={after}", tenant);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => Text(item, "lastName")));
            after = page.TryGetProperty("nextAfter", out var next) ? next.GetRawText() : null;
        }

        seen.ShouldBe(["Example 0", "Example 1", "Example 2", "Example 3", "Example 4"]);
        (await registry.SendAsync(HttpMethod.Get, "/api/customers?take=201", tenant)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Without_the_key_nothing_is_told()
    {
        registry.Http.DefaultRequestHeaders.Authorization = new("Bearer", "another key");

        (await registry.SendAsync(HttpMethod.Get, "/api/customers", tenant)).Status.ShouldBe(401);
        (await registry.SendAsync(HttpMethod.Post, "/api/customers", tenant, Ada("lead:1"), "one")).Status.ShouldBe(401);
        (await registry.SendAsync(HttpMethod.Get, "/health/ready", null)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task What_was_answered_is_there_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("crm-registry-");
        var file = Path.Combine(folder.FullName, "registry.db");
        JsonElement first;
        await using (var before = await RegistryHost.StartAsync(file)) (_, first) = await before.SendAsync(HttpMethod.Post, "/api/customers", tenant, Ada("lead:1"), "one");
        await using (var after = await RegistryHost.StartAsync(file))
        {
            (await after.SendAsync(HttpMethod.Post, "/api/customers", tenant, Ada("lead:1"), "one")).Body.GetRawText().ShouldBe(first.GetRawText());
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Its_document_names_what_it_does()
    {
        var document = await registry.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", TestContext.Current.CancellationToken);

        var register = document.GetProperty("paths").GetProperty("/api/customers").GetProperty("post");
        register.GetProperty("responses").EnumerateObject().Select(response => response.Name).ShouldBe(["201", "400", "401", "409", "413", "415", "422"], ignoreOrder: true);
        document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ShouldContain("/api/customers/{id}");
    }

    [Fact]
    public async Task What_the_document_promises_is_what_a_bad_request_gets()
    {
        foreach (var body in new object[] { "text", new { lastName = 1 }, new { company = "Example" }, new[] { 1 } })
        {
            (await RegisterAsync(body, null)).Status.ShouldBe(400);
        }

        (await RegisterAsync(Ada("lead:1"), new string('k', 256))).Status.ShouldBe(400);
        await RefusedAsync(413, "65536 bytes", new { lastName = new string('x', 70_000) });
        await RefusedAsync(422, "lastName contains a NUL", new { lastName = "a\0b" });
        await RefusedAsync(422, "email", new { lastName = "Lovelace", email = "a\0b@example.com" });
        await RefusedAsync(422, "company.website has more than 500", new { lastName = "Lovelace", company = new { website = new string('x', 501) } });
        Text((await registry.SendAsync(HttpMethod.Delete, "/api/customers", tenant)).Body, "detail").ShouldContain("Allow");
        (await registry.SendAsync(HttpMethod.Get, "/api/customers?after=x", tenant)).Status.ShouldBe(400);
        (await registry.SendAsync(HttpMethod.Get, "/api/customers?after=-1", tenant)).Status.ShouldBe(200);
        (await ItemsAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public void Outside_Development_it_does_not_start_without_a_key() =>
        Should.Throw<SettingException>(() => RegistryApp.Build(["--environment", "Production"])).Message.ShouldStartWith("Registry__ApiKey is not set");

    [Fact]
    public void A_database_that_cannot_be_opened_is_told_in_one_line() =>
        Should.Throw<SettingException>(() => RegistryApp.Build([], builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:Registry"] = "Data Source=/proc/none/registry.db",
            ["Registry:ApiKey"] = "key",
        }))).Message.ShouldStartWith("ConnectionStrings__Registry");

    private static object Ada(string reference) =>
        new { externalReference = reference, firstName = "Ada", lastName = "Lovelace", email = "ada@example.com", phone = "+44 20 7946 0000", jobTitle = "Analyst", company = new { name = "Example" } };

    private static string Text(JsonElement body, string member) => body.GetProperty(member).GetString()!;

    private Task<(int Status, JsonElement Body)> RegisterAsync(object body, string? key) => registry.SendAsync(HttpMethod.Post, "/api/customers", tenant, body, key);

    private async Task<List<JsonElement>> ItemsAsync(string query) =>
        [.. (await registry.SendAsync(HttpMethod.Get, $"/api/customers{query}", tenant)).Body.GetProperty("items").EnumerateArray()];

    private async Task RefusedAsync(int expected, string reason, object body)
    {
        var (status, problem) = await RegisterAsync(body, null);
        status.ShouldBe(expected);
        Text(problem, "detail").ShouldContain(reason);
    }
}
