using System.Globalization;
using System.Text.Json;
using Crm.Contracts.Audit;
using Crm.Contracts.Json;

namespace Crm.Api.Audit;

/// <summary>An entry of the audit as a line of CSV.</summary>
internal static class AuditRow
{
    public static readonly string[] Header = ["id", "occurredAt", "type", "subject", "version", "actor", "credential", "address", "traceId", "changes"];

    public static string[] Of(AuditEntryView entry) =>
    [
        entry.Id.ToString(),
        JsonSerializer.SerializeToElement(entry.OccurredAt, CrmJson.Options).GetString()!,
        entry.Type,
        entry.Subject,
        entry.Version?.ToString(CultureInfo.InvariantCulture) ?? "",
        entry.Actor,
        entry.Credential ?? "",
        entry.Address ?? "",
        entry.TraceId ?? "",
        JsonSerializer.Serialize(entry.Changes, CrmJson.Options),
    ];
}
