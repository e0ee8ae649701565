using System.Text.RegularExpressions;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Crm.Tests.Kit;

/// <summary>What holds for every tenant at any time, asked in SQL that both databases understand.</summary>
public static partial class Invariants
{
    /// <summary>Each finds the ids of the records that break it; <c>{0}</c> is the tenant, <c>MICROS(…)</c> an instant as snapshots have it.</summary>
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
              OR s.pipeline_id <> d.pipeline_id OR s.stage <> d.stage OR s.stage_entered_at <> MICROS(d.stage_entered_at) OR s.currency <> d.currency
              OR s.kind <> g.kind OR s.created_at <> MICROS(d.created_at) OR s.visited <> d.visited OR s.probability IS DISTINCT FROM d.probability
              OR s.stayed_before IS DISTINCT FROM d.stayed_before OR s.lost_reason IS DISTINCT FROM d.lost_reason
              OR s.value IS DISTINCT FROM d.value OR s.closed_at IS DISTINCT FROM MICROS(d.closed_at) OR s.expected_close_date IS DISTINCT FROM d.expected_close_date
              OR s.owner_id IS DISTINCT FROM d.owner_id OR s.lead_id IS DISTINCT FROM d.lead_id
              OR s.is_deleted <> (d.deleted_at IS NOT NULL))
            """,
        ["A lead's last snapshot is the lead"] = """
            SELECT CAST(l.id AS TEXT) AS "Value" FROM leads l
            LEFT JOIN lead_snapshots s ON s.tenant_id = l.tenant_id AND s.lead_id = l.id AND s.version = (
              SELECT max(o.version) FROM lead_snapshots o WHERE o.tenant_id = l.tenant_id AND o.lead_id = l.id)
            WHERE l.tenant_id = {0} AND (s.lead_id IS NULL OR s.status <> l.status OR s.source <> l.source OR s.created_at <> MICROS(l.created_at)
              OR s.owner_id IS DISTINCT FROM l.owner_id OR s.converted_at IS DISTINCT FROM MICROS(l.converted_at) OR s.is_deleted <> (l.deleted_at IS NOT NULL))
            """,
        ["A task's last snapshot is the task"] = """
            SELECT CAST(t.id AS TEXT) AS "Value" FROM tasks t
            LEFT JOIN task_snapshots s ON s.tenant_id = t.tenant_id AND s.task_id = t.id AND s.version = (
              SELECT max(o.version) FROM task_snapshots o WHERE o.tenant_id = t.tenant_id AND o.task_id = t.id)
            WHERE t.tenant_id = {0} AND (s.task_id IS NULL OR s.type <> t.type OR s.created_at <> MICROS(t.created_at) OR s.created_by <> t.created_by
              OR s.assignee_id IS DISTINCT FROM t.assignee_id OR s.due_at IS DISTINCT FROM MICROS(t.due_at) OR s.completed_at IS DISTINCT FROM MICROS(t.completed_at)
              OR s.lead_id IS DISTINCT FROM t.lead_id OR s.deal_id IS DISTINCT FROM t.deal_id OR s.is_deleted <> (t.deleted_at IS NOT NULL))
            """,
        ["An activity's last snapshot is the activity"] = """
            SELECT CAST(a.id AS TEXT) AS "Value" FROM activities a
            LEFT JOIN activity_snapshots s ON s.tenant_id = a.tenant_id AND s.activity_id = a.id AND s.version = (
              SELECT max(o.version) FROM activity_snapshots o WHERE o.tenant_id = a.tenant_id AND o.activity_id = a.id)
            WHERE a.tenant_id = {0} AND (s.activity_id IS NULL OR s.type <> a.type OR s.occurred_at <> MICROS(a.occurred_at) OR s.user_id <> a.user_id
              OR s.direction IS DISTINCT FROM a.direction OR s.duration_minutes IS DISTINCT FROM a.duration_minutes
              OR s.lead_id IS DISTINCT FROM a.lead_id OR s.deal_id IS DISTINCT FROM a.deal_id OR s.task_id IS DISTINCT FROM a.task_id OR s.is_deleted <> (a.deleted_at IS NOT NULL))
            """,
        ["Each snapshot ends where the next begins, and the last doesn't"] = string.Join(" UNION ALL ", new[] { "deal", "lead", "task", "activity" }.Select(noun => $$"""
            SELECT s.id AS "Value" FROM (
              SELECT CAST({{noun}}_id AS TEXT) AS id, at, until, lead(at) OVER (PARTITION BY {{noun}}_id ORDER BY version) AS next FROM {{noun}}_snapshots WHERE tenant_id = {0}) s
            WHERE s.until < s.at OR s.until <> s.next OR (s.next IS NULL AND s.until <= s.at)
            """)),
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
            SELECT CAST(e.record_id AS TEXT) AS "Value" FROM events e WHERE e.tenant_id = {0} AND e.record_id IS NOT NULL AND e.collection <> 'dashboards' AND NOT EXISTS (
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
            var broken = await db.Database.SqlQueryRaw<string>(Instant().Replace(sql, host.Database == Database.Sqlite ? "${instant}" : "(extract(epoch FROM ${instant}) * 1000000)::bigint"), tenantId).ToListAsync();
            broken.ShouldBeEmpty($"{rule}.");
        }

        foreach (var lead in await db.Leads.AsNoTracking().Select(l => new { l.Id, l.Tags, Rows = db.LeadTags.Where(t => t.RecordId == l.Id).Select(t => t.Key).ToList() }).ToListAsync())
        {
            lead.Rows.ShouldBe(lead.Tags.Select(Tags.Key), ignoreOrder: true, $"The tags of the lead {lead.Id}.");
        }

        return true;
    });

    /// <summary>An instant as the microseconds that snapshots have.</summary>
    [GeneratedRegex(@"MICROS\((?<instant>[a-z._]+)\)", RegexOptions.None, 1000)]
    private static partial Regex Instant();

    private static IEnumerable<string> Each(Func<string, string> sql) => ((IEnumerable<string>)["leads", "deals", "tasks", "activities"]).Select(sql);

    private static string Chain(string stays, string record) => $$"""
        SELECT CAST(s.{{record}} AS TEXT) AS "Value" FROM {{stays}} s
        LEFT JOIN {{stays}} n ON n.tenant_id = s.tenant_id AND n.{{record}} = s.{{record}} AND n.ordinal = s.ordinal + 1
        LEFT JOIN {{stays}} p ON p.tenant_id = s.tenant_id AND p.{{record}} = s.{{record}} AND p.ordinal = s.ordinal - 1
        WHERE s.tenant_id = {0} AND (s.left_at IS DISTINCT FROM n.entered_at OR s.left_at < s.entered_at OR (p.ordinal IS NULL) <> (s.ordinal = 0))
        """;
}
