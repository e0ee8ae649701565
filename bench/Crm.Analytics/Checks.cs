using Npgsql;

namespace Crm.Analytics;

/// <summary>What must hold for a tenant that was filled in: of the tests' invariants those that reports stand on.</summary>
internal static class Checks
{
    /// <summary>Each counts what breaks it; <c>$1</c> is the tenant.</summary>
    private static readonly Dictionary<string, string> Rules = new(StringComparer.Ordinal)
    {
        ["A deal has one open stay, in its stage and as long as it says"] = """
            SELECT count(*) FROM deals d WHERE d.tenant_id = $1 AND 1 <> (
              SELECT count(*) FROM deal_stays s WHERE s.tenant_id = d.tenant_id AND s.deal_id = d.id AND s.left_at IS NULL
                AND s.pipeline_id = d.pipeline_id AND s.stage = d.stage AND s.entered_at = d.stage_entered_at)
            """,
        ["A deal's stays follow each other without a gap"] = Chain("deal_stays", "deal_id"),
        ["A lead's stays follow each other without a gap"] = Chain("lead_stays", "lead_id"),
        ["A deal's last snapshot is the deal"] = $"""
            SELECT count(*) FROM deals d
            JOIN stages g ON g.tenant_id = d.tenant_id AND g.pipeline_id = d.pipeline_id AND g.key = d.stage
            LEFT JOIN deal_snapshots s ON s.tenant_id = d.tenant_id AND s.deal_id = d.id AND s.version = d.version
            WHERE d.tenant_id = $1 AND (s.deal_id IS NULL OR s.until <> 253402214400000000
              OR s.pipeline_id <> d.pipeline_id OR s.stage <> d.stage OR s.stage_entered_at <> {Micros("d.stage_entered_at")} OR s.currency <> d.currency
              OR s.kind <> g.kind OR s.created_at <> {Micros("d.created_at")} OR s.visited <> d.visited OR s.probability IS DISTINCT FROM d.probability
              OR s.stayed_before IS DISTINCT FROM d.stayed_before OR s.lost_reason IS DISTINCT FROM d.lost_reason
              OR s.value IS DISTINCT FROM d.value OR s.closed_at IS DISTINCT FROM {Micros("d.closed_at")} OR s.expected_close_date IS DISTINCT FROM d.expected_close_date
              OR s.owner_id IS DISTINCT FROM d.owner_id OR s.lead_id IS DISTINCT FROM d.lead_id OR s.is_deleted <> (d.deleted_at IS NOT NULL))
            """,
        ["A lead's last snapshot is the lead"] = $"""
            SELECT count(*) FROM leads l
            LEFT JOIN lead_snapshots s ON s.tenant_id = l.tenant_id AND s.lead_id = l.id AND s.version = l.version
            WHERE l.tenant_id = $1 AND (s.lead_id IS NULL OR s.until <> 253402214400000000 OR s.status <> l.status OR s.source <> l.source OR s.created_at <> {Micros("l.created_at")}
              OR s.owner_id IS DISTINCT FROM l.owner_id OR s.converted_at IS DISTINCT FROM {Micros("l.converted_at")} OR s.is_deleted <> (l.deleted_at IS NOT NULL))
            """,
        ["Each snapshot of a deal ends where the next begins"] = Ends("deal"),
        ["Each snapshot of a lead ends where the next begins"] = Ends("lead"),
        ["A deal is closed exactly in a closing stage, and has a reason exactly in a lost one"] = """
            SELECT count(*) FROM deals d JOIN stages g ON g.tenant_id = d.tenant_id AND g.pipeline_id = d.pipeline_id AND g.key = d.stage
            WHERE d.tenant_id = $1 AND ((d.closed_at IS NOT NULL) <> (g.kind <> 'OPEN') OR (d.lost_reason IS NOT NULL) <> (g.kind = 'LOST'))
            """,
        ["A deal has an alarm exactly while it can rot and hasn't told so in its stay"] = """
            SELECT count(*) FROM deals d JOIN stages g ON g.tenant_id = d.tenant_id AND g.pipeline_id = d.pipeline_id AND g.key = d.stage
            WHERE d.tenant_id = $1 AND (d.alarm_at IS NOT NULL) <>
              (d.closed_at IS NULL AND d.deleted_at IS NULL AND g.rotting_days IS NOT NULL AND d.rotting_told IS DISTINCT FROM d.stage_entered_at)
            """,
        ["What snapshots say was left is each stay that ended"] = $"""
            SELECT count(*) FROM (SELECT * FROM deal_stays WHERE tenant_id = $1) t FULL JOIN (SELECT * FROM deal_snapshots WHERE tenant_id = $1 AND left_stage IS NOT NULL) s
              ON s.deal_id = t.deal_id AND s.left_stage = t.stage AND s.left_entered_at = {Micros("t.entered_at")}
            WHERE (t.left_at IS NOT NULL) <> (s.deal_id IS NOT NULL) OR s.at <> {Micros("t.left_at")} OR s.left_total <> t.before + s.at - s.left_entered_at
            """,
        ["What snapshots did to the value that is open is what is open"] = """
            SELECT abs(sum(CASE WHEN movement IN ('CREATED', 'REOPENED', 'RESTORED', 'CHANGED') THEN coalesce(value, 0) ELSE 0 END - coalesce(value_before, 0)) FILTER (WHERE movement IS NOT NULL)
              - sum(coalesce(value, 0)) FILTER (WHERE until = 253402214400000000 AND kind = 'OPEN' AND NOT is_deleted))::bigint
            FROM deal_snapshots WHERE tenant_id = $1
            """,
    };

    /// <exception cref="InvalidOperationException">A rule is broken.</exception>
    public static async Task RunAsync(NpgsqlDataSource database, Guid tenantId)
    {
        foreach (var (rule, sql) in Rules)
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.AddWithValue(tenantId);
            if (await command.ExecuteScalarAsync() is not 0L) throw new InvalidOperationException($"Not so in the tenant {tenantId}: {rule}.");
        }
    }

    private static string Micros(string instant) => $"(extract(epoch FROM {instant}) * 1000000)::bigint";

    private static string Chain(string stays, string record) => $"""
        SELECT count(*) FROM (
          SELECT ordinal, entered_at, left_at, row_number() OVER w - 1 AS place, lead(entered_at) OVER w AS next FROM {stays} WHERE tenant_id = $1 WINDOW w AS (PARTITION BY {record} ORDER BY ordinal)) s
        WHERE s.left_at IS DISTINCT FROM s.next OR s.left_at < s.entered_at OR s.ordinal <> s.place
        """;

    private static string Ends(string noun) => $"""
        SELECT count(*) FROM (
          SELECT at, until, lead(at) OVER (PARTITION BY {noun}_id ORDER BY version) AS next FROM {noun}_snapshots WHERE tenant_id = $1) s
        WHERE s.until < s.at OR s.until <> s.next OR (s.next IS NULL AND s.until <= s.at)
        """;
}
