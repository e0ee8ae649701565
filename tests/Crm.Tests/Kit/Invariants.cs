using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Crm.Tests.Kit;

/// <summary>What holds for every tenant at any time, asked in SQL that both databases understand.</summary>
public static class Invariants
{
    /// <summary>Each finds the ids of the records that break it; <c>{0}</c> is the tenant.</summary>
    private static readonly Dictionary<string, string> Rules = new(StringComparer.Ordinal)
    {
        ["A deal has one open stay, in its stage and as long as it says"] = """
            SELECT CAST(d.id AS TEXT) AS "Value" FROM deals d WHERE d.tenant_id = {0} AND 1 <> (
              SELECT count(*) FROM deal_stays s WHERE s.tenant_id = d.tenant_id AND s.deal_id = d.id AND s.left_at IS NULL
                AND s.pipeline_id = d.pipeline_id AND s.stage = d.stage AND s.entered_at = d.stage_entered_at)
            """,
        ["A lead has one open stay, in its status"] = """
            SELECT CAST(l.id AS TEXT) AS "Value" FROM leads l WHERE l.tenant_id = {0} AND 1 <> (
              SELECT count(*) FROM lead_stays s WHERE s.tenant_id = l.tenant_id AND s.lead_id = l.id AND s.left_at IS NULL AND s.status = l.status)
            """,
        ["A deal's stays follow each other without a gap"] = Chain("deal_stays", "deal_id"),
        ["A lead's stays follow each other without a gap"] = Chain("lead_stays", "lead_id"),
        ["A deal's last snapshot is the deal"] = """
            SELECT CAST(d.id AS TEXT) AS "Value" FROM deals d
            JOIN stages g ON g.tenant_id = d.tenant_id AND g.pipeline_id = d.pipeline_id AND g.key = d.stage
            LEFT JOIN deal_snapshots s ON s.tenant_id = d.tenant_id AND s.deal_id = d.id AND s.version = (
              SELECT max(o.version) FROM deal_snapshots o WHERE o.tenant_id = d.tenant_id AND o.deal_id = d.id)
            WHERE d.tenant_id = {0} AND (s.deal_id IS NULL
              OR s.pipeline_id <> d.pipeline_id OR s.stage <> d.stage OR s.stage_entered_at <> d.stage_entered_at OR s.currency <> d.currency
              OR s.probability <> coalesce(d.probability, g.probability)
              OR s.value IS DISTINCT FROM d.value OR s.closed_at IS DISTINCT FROM d.closed_at OR s.expected_close_date IS DISTINCT FROM d.expected_close_date
              OR s.owner_id IS DISTINCT FROM d.owner_id OR s.lead_id IS DISTINCT FROM d.lead_id
              OR s.is_deleted <> (d.deleted_at IS NOT NULL))
            """,
        ["A deal is closed exactly in a closing stage, and has a reason exactly in a lost one"] = """
            SELECT CAST(d.id AS TEXT) AS "Value" FROM deals d
            JOIN stages g ON g.tenant_id = d.tenant_id AND g.pipeline_id = d.pipeline_id AND g.key = d.stage
            WHERE d.tenant_id = {0} AND ((d.closed_at IS NOT NULL) <> (g.kind <> 'OPEN') OR (d.lost_reason IS NOT NULL) <> (g.kind = 'LOST'))
            """,
        ["A lead is converted exactly by a completed conversion, to its customer and its deal"] = """
            SELECT CAST(l.id AS TEXT) AS "Value" FROM leads l
            LEFT JOIN conversions c ON c.tenant_id = l.tenant_id AND c.lead_id = l.id AND c.state = 'COMPLETED'
            WHERE l.tenant_id = {0} AND ((l.status = 'CONVERTED') <> (c.id IS NOT NULL) OR l.customer_id IS DISTINCT FROM c.customer_id
              OR l.converted_deal_id IS DISTINCT FROM c.deal_id OR (l.converted_at IS NULL) <> (c.id IS NULL))
            """,
        ["A lead is held exactly by its pending conversion"] = """
            SELECT CAST(l.id AS TEXT) AS "Value" FROM leads l
            LEFT JOIN conversions c ON c.tenant_id = l.tenant_id AND c.lead_id = l.id AND c.state = 'PENDING'
            WHERE l.tenant_id = {0} AND l.pending_conversion_id IS DISTINCT FROM c.id
            """,
        ["A deal has the customer of its lead"] = """
            SELECT CAST(d.id AS TEXT) AS "Value" FROM deals d LEFT JOIN leads l ON l.tenant_id = d.tenant_id AND l.id = d.lead_id
            WHERE d.tenant_id = {0} AND d.deleted_at IS NULL AND d.customer_id IS DISTINCT FROM l.customer_id
            """,
        ["A task was completed by somebody, or not at all"] = """
            SELECT CAST(t.id AS TEXT) AS "Value" FROM tasks t WHERE t.tenant_id = {0} AND (t.completed_at IS NULL) <> (t.completed_by IS NULL)
            """,
        ["A task has its alarm set to the first that it is still to tell"] = """
            SELECT CAST(t.id AS TEXT) AS "Value" FROM (
              SELECT id, alarm_at, CASE WHEN due_told IS DISTINCT FROM due_at THEN due_at END AS due, CASE WHEN remind_told IS DISTINCT FROM remind_at THEN remind_at END AS reminder,
                completed_at IS NULL AND deleted_at IS NULL AS is_to_do
              FROM tasks WHERE tenant_id = {0}) t
            WHERE t.alarm_at IS DISTINCT FROM CASE WHEN t.is_to_do THEN CASE WHEN t.reminder < t.due THEN t.reminder ELSE coalesce(t.due, t.reminder) END END
            """,
        ["A deal has an alarm exactly while it can rot and hasn't told so in its stay"] = """
            SELECT CAST(d.id AS TEXT) AS "Value" FROM deals d JOIN stages g ON g.tenant_id = d.tenant_id AND g.pipeline_id = d.pipeline_id AND g.key = d.stage
            WHERE d.tenant_id = {0} AND (d.alarm_at IS NOT NULL) <>
              (d.closed_at IS NULL AND d.deleted_at IS NULL AND g.rotting_days IS NOT NULL AND d.rotting_told IS DISTINCT FROM d.stage_entered_at)
            """,
        ["What is deleted has gone with its deletion"] = string.Join(" UNION ALL ", Each(table =>
            $$"""SELECT CAST(r.id AS TEXT) AS "Value" FROM {{table}} r WHERE r.tenant_id = {0} AND (r.deleted_at IS NULL) <> (r.deletion_id IS NULL)""")),
        ["A task doesn't outlive what it belongs to"] = """
            SELECT CAST(t.id AS TEXT) AS "Value" FROM tasks t
            LEFT JOIN leads l ON l.tenant_id = t.tenant_id AND l.id = t.lead_id
            LEFT JOIN deals d ON d.tenant_id = t.tenant_id AND d.id = t.deal_id
            WHERE t.tenant_id = {0} AND t.deleted_at IS NULL AND coalesce(l.deleted_at, CASE WHEN t.lead_id IS NULL THEN d.deleted_at END) IS NOT NULL
            """,
        ["An activity doesn't outlive what it belongs to"] = """
            SELECT CAST(a.id AS TEXT) AS "Value" FROM activities a
            LEFT JOIN leads l ON l.tenant_id = a.tenant_id AND l.id = a.lead_id
            LEFT JOIN deals d ON d.tenant_id = a.tenant_id AND d.id = a.deal_id
            LEFT JOIN tasks t ON t.tenant_id = a.tenant_id AND t.id = a.task_id
            WHERE a.tenant_id = {0} AND a.deleted_at IS NULL AND coalesce(l.deleted_at,
              CASE WHEN a.lead_id IS NULL THEN d.deleted_at END, CASE WHEN a.lead_id IS NULL AND a.deal_id IS NULL THEN t.deleted_at END) IS NOT NULL
            """,
        ["A record's events number its versions from 1 without a gap"] = string.Join(" UNION ALL ", Each(table =>
            $$"""
            SELECT CAST(r.id AS TEXT) AS "Value" FROM {{table}} r LEFT JOIN events e ON e.tenant_id = r.tenant_id AND e.record_id = r.id AND e.collection = '{{table}}'
            WHERE r.tenant_id = {0} GROUP BY r.id, r.version HAVING count(e.id) <> r.version OR min(e.version) <> 1 OR max(e.version) <> r.version
            """)),
        ["A record's events are in the order of time"] = """
            SELECT CAST(e.record_id AS TEXT) AS "Value" FROM events e
            JOIN events n ON n.tenant_id = e.tenant_id AND n.record_id = e.record_id AND n.version = e.version + 1
            WHERE e.tenant_id = {0} AND n.occurred_at < e.occurred_at
            """,
        ["An event tells of a record that there is"] = $$"""
            SELECT CAST(e.record_id AS TEXT) AS "Value" FROM events e WHERE e.tenant_id = {0} AND e.record_id IS NOT NULL AND NOT EXISTS (
              {{string.Join(" UNION ALL ", Each(table => $"SELECT 1 FROM {table} r WHERE r.tenant_id = e.tenant_id AND r.id = e.record_id"))}})
            """,
        ["A tag's row belongs to a record of the tenant"] = """
            SELECT CAST(t.record_id AS TEXT) AS "Value" FROM lead_tags t WHERE t.tenant_id = {0} AND NOT EXISTS (
              SELECT 1 FROM leads l WHERE l.tenant_id = t.tenant_id AND l.id = t.record_id)
            """,
    };

    public static Task AssertAsync(CrmHost host, Guid tenantId) => host.QueryAsync(tenantId, async db =>
    {
        foreach (var (rule, sql) in Rules)
        {
            var broken = await db.Database.SqlQueryRaw<string>(sql, tenantId).ToListAsync();
            broken.ShouldBeEmpty($"{rule}.");
        }

        foreach (var lead in await db.Leads.AsNoTracking().Select(l => new { l.Id, l.Tags, Rows = db.LeadTags.Where(t => t.RecordId == l.Id).Select(t => t.Key).ToList() }).ToListAsync())
        {
            lead.Rows.ShouldBe(lead.Tags.Select(Tags.Key), ignoreOrder: true, $"The tags of the lead {lead.Id}.");
        }

        return true;
    });

    private static IEnumerable<string> Each(Func<string, string> sql) => ((IEnumerable<string>)["leads", "deals", "tasks", "activities"]).Select(sql);

    private static string Chain(string stays, string record) => $$"""
        SELECT CAST(s.{{record}} AS TEXT) AS "Value" FROM {{stays}} s
        LEFT JOIN {{stays}} n ON n.tenant_id = s.tenant_id AND n.{{record}} = s.{{record}} AND n.ordinal = s.ordinal + 1
        LEFT JOIN {{stays}} p ON p.tenant_id = s.tenant_id AND p.{{record}} = s.{{record}} AND p.ordinal = s.ordinal - 1
        WHERE s.tenant_id = {0} AND (s.left_at IS DISTINCT FROM n.entered_at OR s.left_at < s.entered_at OR (p.ordinal IS NULL) <> (s.ordinal = 0))
        """;
}
