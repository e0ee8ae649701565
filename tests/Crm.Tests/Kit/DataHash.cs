using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Tests.Kit;

/// <summary>
/// All that is stored, as one text with a line a table: its rows and their hash. Taken before and after what must change nothing;
/// where the two differ, the line tells in which table. Idempotency keys are left out, as a refusal is kept under its key, and the seals, which follow the events in their own time.
/// </summary>
public static class DataHash
{
    private static readonly string[] LeftOut = [Catalogue.History, "idempotency_keys", "unsealed_events", "seals", "seal_heads"];
    private static readonly string[] OfNoTenant = ["accounts", "account_sessions"];

    /// <summary>Of everything that a tenant has.</summary>
    /// <param name="host">In which database.</param>
    /// <param name="tenantId">Of which tenant.</param>
    /// <param name="without">Tables in which others are at work meanwhile.</param>
    public static Task<string> OfAsync(CrmHost host, Guid tenantId, params string[] without) => OfAsync(host.Database, host.ConnectionString, tenantId, without);

    /// <summary>Of a tenant, or with null of the whole database.</summary>
    public static async Task<string> OfAsync(Database database, string connectionString, Guid? tenantId, params string[] without)
    {
        await using var connection = await Sql.OpenAsync(database, connectionString);
        var lines = new List<string>();
        foreach (var table in await Catalogue.TableNamesAsync(database, connection))
        {
            if (LeftOut.Contains(table) || without.Contains(table) || (tenantId is not null && OfNoTenant.Contains(table))) continue;
            var rows = tenantId is { } tenant
                ? await connection.RowsAsync($"SELECT * FROM {table} WHERE tenant_id = @tenant", ("@tenant", tenant))
                : await connection.RowsAsync($"SELECT * FROM {table}");
            var texts = rows.ConvertAll(row => string.Join('\u001f', row.Select(Text)));
            texts.Sort(StringComparer.Ordinal);
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001e', texts)));
            lines.Add($"{table}: {rows.Count} rows {Convert.ToHexStringLower(hash)}");
        }

        return string.Join('\n', lines);
    }

    private static string Text(object? value) => value switch
    {
        null => "\u0000",
        byte[] bytes => Convert.ToHexStringLower(bytes),
        DateTime instant => instant.ToString("O", CultureInfo.InvariantCulture),
        Array items => string.Join('\u001d', items.Cast<object?>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
