using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Routing;
using Crm.Contracts.Settings;
using Crm.Database.Tenancy;

namespace Crm.Database.Routing;

/// <summary>When and how many leads a member takes; who has none takes all, always.</summary>
public sealed class Availability : ITenantOwned
{
    private Availability()
    {
    }

    public Availability(Guid tenantId, string userId) => (TenantId, UserId) = (tenantId, userId);

    public Guid TenantId { get; private set; }
    public string UserId { get; private set; } = "";
    public bool AcceptsLeads { get; private set; } = true;
    public int? LeadsPerDay { get; private set; }

    /// <summary>In the order of the week, as JSON; null for always.</summary>
    public string? WorkingHours { get; private set; }

    /// <summary>In their order, as JSON.</summary>
    public string Absences { get; private set; } = "[]";

    public DateTimeOffset? UpdatedAt { get; private set; }
    public int Version { get; private set; }

    public IReadOnlyList<WorkingHours>? ReadHours() => WorkingHours is null ? null : JsonSerializer.Deserialize<List<WorkingHours>>(WorkingHours, CrmJson.Options);

    public IReadOnlyList<AbsenceFields> ReadAbsences() => JsonSerializer.Deserialize<List<AbsenceFields>>(Absences, CrmJson.Options)!;

    /// <summary>What a caller could have written to make it what it is.</summary>
    public AvailabilityFields Fields() => new() { AcceptsLeads = AcceptsLeads, LeadsPerDay = LeadsPerDay, WorkingHours = ReadHours(), Absences = ReadAbsences() };

    /// <returns>Whether anything is different now.</returns>
    public bool Change(AvailabilityFields fields, DateTimeOffset at)
    {
        var was = (AcceptsLeads, LeadsPerDay, WorkingHours, Absences);
        (AcceptsLeads, LeadsPerDay) = (fields.AcceptsLeads!.Value, fields.LeadsPerDay);
        WorkingHours = fields.WorkingHours is { } hours ? JsonSerializer.Serialize(hours.OrderBy(part => part.Weekday).ThenBy(part => part.From, StringComparer.Ordinal), CrmJson.Options) : null;
        Absences = JsonSerializer.Serialize(fields.Absences.OrderBy(absence => absence.From).ThenBy(absence => absence.To), CrmJson.Options);
        if (was == (AcceptsLeads, LeadsPerDay, WorkingHours, Absences)) return false;
        (UpdatedAt, Version) = (at, Version + 1);
        return true;
    }
}
