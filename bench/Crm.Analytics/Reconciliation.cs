using System.Net;
using System.Text.Json;
using Npgsql;

namespace Crm.Analytics;

/// <summary>Holds figures of the reports against sums that are made of the rows in another way.</summary>
internal static class Reconciliation
{
    /// <exception cref="InvalidOperationException">A report says something else.</exception>
    public static async Task RunAsync(Tenant tenant, NpgsqlDataSource database)
    {
        var reports = Report.Of(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        await HoldAsync("movement of 24 months", MovementOf, """
            SELECT string_agg(month || ' ' || currency || ' ' || trim_scale(amount), ', ' ORDER BY month, currency) FROM (
              SELECT to_char(month, 'YYYY-MM') AS month, currency, sum(value) / 10000.0 AS amount
              FROM generate_series(date_trunc('month', now() AT TIME ZONE 'Europe/Berlin') - interval '23 months', now() AT TIME ZONE 'Europe/Berlin', interval '1 month') AS month,
                LATERAL (SELECT (extract(epoch FROM month AT TIME ZONE 'Europe/Berlin') * 1000000)::bigint AS begin) AS begins, deal_snapshots
              WHERE tenant_id = $1 AND at < begin AND until >= begin AND kind = 'OPEN' AND NOT is_deleted GROUP BY 1, 2 HAVING sum(value) <> 0) AS sums
            """);
        await HoldAsync("pipeline", PipelineOf, """
            SELECT string_agg(position || ' ' || currency || ' ' || trim_scale(amount), ', ' ORDER BY position, currency) FROM (
              SELECT position, currency, coalesce(sum(value), 0) / 10000.0 AS amount
              FROM deals d JOIN stages s ON s.tenant_id = d.tenant_id AND s.pipeline_id = d.pipeline_id AND s.key = d.stage WHERE d.tenant_id = $1 AND deleted_at IS NULL GROUP BY 1, 2) AS sums
            """);
        await HoldAsync("win rate", WinRateOf, """
            SELECT count(*) FILTER (WHERE lost_reason IS NULL) || ' ' || count(*) FILTER (WHERE lost_reason IS NOT NULL) FROM deals
            WHERE tenant_id = $1 AND deleted_at IS NULL AND closed_at >= (date_trunc('month', now() AT TIME ZONE 'Europe/Berlin') - interval '11 months') AT TIME ZONE 'Europe/Berlin'
            """);
        await HoldAsync("open deals, first page", list => list.GetProperty("total").ToString(), "SELECT count(*)::text FROM deals WHERE tenant_id = $1 AND deleted_at IS NULL AND closed_at IS NULL");

        async Task HoldAsync(string name, Func<JsonElement, string> figures, string sql)
        {
            var answer = await tenant.AskAsync(reports.Single(report => report.Name == name).Path);
            if (answer.Status != HttpStatusCode.OK) throw new InvalidOperationException($"{name} of {tenant.Id} was answered with {answer.Status}.");
            using var report = JsonDocument.Parse(answer.Body);
            await using var command = database.CreateCommand(sql);
            command.Parameters.AddWithValue(tenant.Id);
            var (told, counted) = (figures(report.RootElement), (string?)await command.ExecuteScalarAsync());
            if (told != counted) throw new InvalidOperationException($"{name} of {tenant.Id} says {told}, and the rows {counted}.");
        }
    }

    /// <summary>What was open as each month began.</summary>
    private static string MovementOf(JsonElement report) => string.Join(", ",
        from period in report.GetProperty("periods").EnumerateArray()
        from amount in Amounts(report, period, "opening")
        where amount.Value != 0
        select $"{period.GetProperty("period")} {amount.Currency} {amount.Value:0.####}");

    private static string PipelineOf(JsonElement report) => string.Join(", ",
        from stage in report.GetProperty("stages").EnumerateArray().Select((row, position) => (Row: row, Position: position))
        from amount in Amounts(report, stage.Row, "value")
        select $"{stage.Position} {amount.Currency} {amount.Value:0.####}");

    private static string WinRateOf(JsonElement report)
    {
        var total = report.GetProperty("total");
        return $"{total.GetProperty("won").GetProperty("count")} {total.GetProperty("lost").GetProperty("count")}";
    }

    private static IEnumerable<(string Currency, decimal Value)> Amounts(JsonElement report, JsonElement row, string member) => row.GetProperty("amounts") is { ValueKind: JsonValueKind.Array } amounts
        ? amounts.EnumerateArray().Select(amount => (amount.GetProperty("currency").GetString()!, amount.GetProperty(member).GetDecimal()))
        : [(report.GetProperty("currency").GetString()!, row.GetProperty(member).GetDecimal())];
}
