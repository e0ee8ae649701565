using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Crm.Registry.Customers;

/// <summary>What became of a request to register somebody.</summary>
internal abstract record Registration
{
    /// <summary>Registered, now or when the same key was sent first.</summary>
    public sealed record Made(Customer Customer) : Registration;

    /// <summary>Somebody with this reference or e-mail address is registered already.</summary>
    public sealed record Exists(Guid Id) : Registration;

    /// <summary>The key was sent before, for somebody else.</summary>
    public sealed record KeyReused : Registration;
}

/// <summary>The customers of all tenants, in one SQLite file.</summary>
internal sealed class CustomerStore(RegistrySettings settings, TimeProvider clock)
{
    /// <summary>Who is in the way of a new customer, by its key first: who asks again for the same is told what was answered. A search of an index each.</summary>
    internal const string InTheWay = """
        SELECT 0 AS rank, id, request, customer FROM customers WHERE tenant_id = $tenant AND idempotency_key = $key
        UNION ALL SELECT 1, id, request, customer FROM customers WHERE tenant_id = $tenant AND external_reference = $reference
        UNION ALL SELECT 2, id, request, customer FROM customers WHERE tenant_id = $tenant AND email_key = $email
        ORDER BY rank LIMIT 1
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public void Create()
    {
        using var connection = new SqliteConnection(settings.ConnectionString);
        connection.Open();
        using var reader = new StreamReader(typeof(CustomerStore).Assembly.GetManifestResourceStream("schema.sql")!);
        Command(connection, $"PRAGMA journal_mode = WAL; {reader.ReadToEnd()}").ExecuteNonQuery();
    }

    public async Task ProbeAsync(CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await Command(connection, "SELECT 1 FROM customers LIMIT 1").ExecuteScalarAsync(ct);
    }

    /// <summary>Registers somebody, unless it happened before: the table's unique keys decide, whatever comes at the same time.</summary>
    public async Task<Registration> RegisterAsync(Guid tenantId, string? key, CustomerFields fields, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var customer = new Customer
        {
            Id = Guid.CreateVersion7(now),
            CreatedAt = now,
            ExternalReference = fields.ExternalReference,
            FirstName = fields.FirstName,
            LastName = fields.LastName,
            Email = fields.Email,
            Phone = fields.Phone,
            JobTitle = fields.JobTitle,
            Company = fields.Company,
        };
        var request = JsonSerializer.Serialize(fields, Json);
        await using var connection = await OpenAsync(ct);
        await using var transaction = connection.BeginTransaction(deferred: false);
        const string Insert = """
            INSERT INTO customers (tenant_id, id, external_reference, email_key, idempotency_key, request, customer)
            VALUES ($tenant, $id, $reference, $email, $key, $request, $customer) ON CONFLICT DO NOTHING
            """;
        var values = new (string, object?)[]
        {
            ("$tenant", tenantId.ToString()), ("$id", customer.Id.ToString()), ("$reference", fields.ExternalReference), ("$email", CustomerRules.EmailKey(fields.Email)),
            ("$key", key), ("$request", request), ("$customer", JsonSerializer.Serialize(customer, Json)),
        };
        if (await Command(connection, Insert, values).ExecuteNonQueryAsync(ct) == 1)
        {
            await transaction.CommitAsync(ct);
            return new Registration.Made(customer);
        }

        await using var reader = await Command(connection, InTheWay, values[0], values[2], values[3], values[4]).ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        if (reader.GetInt32(0) > 0) return new Registration.Exists(Guid.Parse(reader.GetString(1)));
        return reader.GetString(2) == request ? new Registration.Made(Parse(reader.GetString(3))) : new Registration.KeyReused();
    }

    public async Task<Customer?> FindAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        var found = await Command(connection, "SELECT customer FROM customers WHERE tenant_id = $tenant AND id = $id", ("$tenant", tenantId.ToString()), ("$id", id.ToString())).ExecuteScalarAsync(ct);
        return found is string customer ? Parse(customer) : null;
    }

    /// <param name="tenantId">Whose.</param>
    /// <param name="externalReference">Only the one of this reference; null for all.</param>
    /// <param name="email">Only the one of this address; null for all.</param>
    /// <param name="after">Where the page before ended; 0 for the first.</param>
    /// <param name="take">How many at most.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<CustomerPage> ListAsync(Guid tenantId, string? externalReference, string? email, long after, int take, CancellationToken ct)
    {
        var where = "tenant_id = $tenant AND number > $after";
        if (externalReference is not null) where += " AND external_reference = $reference";
        if (email is not null) where += " AND email_key = $email";
        await using var connection = await OpenAsync(ct);
        await using var reader = await Command(
            connection, $"SELECT number, customer FROM customers WHERE {where} ORDER BY number LIMIT $take",
            ("$tenant", tenantId.ToString()), ("$after", after), ("$reference", externalReference), ("$email", CustomerRules.EmailKey(email)), ("$take", take + 1)).ExecuteReaderAsync(ct);
        var rows = new List<(long Number, Customer Customer)>();
        while (await reader.ReadAsync(ct)) rows.Add((reader.GetInt64(0), Parse(reader.GetString(1))));
        var page = rows.Take(take).ToList();
        return new CustomerPage { Items = page.ConvertAll(row => row.Customer), NextAfter = rows.Count > take ? page[^1].Number : null };
    }

    private async Task<SqliteConnection> OpenAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, object? Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    private static Customer Parse(string customer) => JsonSerializer.Deserialize<Customer>(customer, Json)!;
}
