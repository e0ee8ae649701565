using System.Linq.Expressions;
using System.Text.Json;
using Crm.Contracts;
using Crm.Contracts.Json;
using Crm.Contracts.Settings;
using Crm.Database.Tenancy;

namespace Crm.Database.Settings;

/// <summary>A tenant and its settings.</summary>
public sealed class Tenant : ITenantOwned
{
    private Tenant()
    {
    }

    public Tenant(Guid tenantId, DateTimeOffset at)
    {
        TenantId = tenantId;
        (CreatedAt, UpdatedAt, Version) = (at, at, 1);
    }

    public Guid TenantId { get; private set; }
    public string? Name { get; private set; }
    public string TimeZone { get; private set; } = "UTC";
    public string Currency { get; private set; } = "EUR";
    public Visibility Visibility { get; private set; }

    /// <summary>In the order of the week, as JSON.</summary>
    public string WorkingHours { get; private set; } = Json(Enumerable.Range(0, 5).Select(day => new WorkingHours { Weekday = (Weekday)day, From = "09:00", To = "17:00" }));

    /// <summary>In their order, as JSON.</summary>
    public string Holidays { get; private set; } = "[]";

    public SearchLanguage SearchLanguage { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public int Version { get; private set; }

    public SettingsFields Fields() => new() { Name = Name, TimeZone = TimeZone, Currency = Currency, Visibility = Visibility, WorkingHours = HoursOf(WorkingHours), Holidays = DaysOf(Holidays), SearchLanguage = SearchLanguage };

    public void Change(SettingsFields fields, DateTimeOffset at)
    {
        var was = (Name, TimeZone, Currency, Visibility, WorkingHours, Holidays, SearchLanguage);
        (Name, TimeZone, Currency) = (fields.Name, fields.TimeZone, fields.Currency);
        (Visibility, SearchLanguage) = (fields.Visibility!.Value, fields.SearchLanguage!.Value);
        WorkingHours = Json(fields.WorkingHours.OrderBy(part => part.Weekday).ThenBy(part => part.From, StringComparer.Ordinal));
        Holidays = Json(fields.Holidays.Distinct().Order());
        if (was != (Name, TimeZone, Currency, Visibility, WorkingHours, Holidays, SearchLanguage)) (UpdatedAt, Version) = (at, Version + 1);
    }

    public static IReadOnlyList<WorkingHours> HoursOf(string json) => JsonSerializer.Deserialize<List<WorkingHours>>(json, CrmJson.Options)!;

    public static IReadOnlyList<DateOnly> DaysOf(string json) => JsonSerializer.Deserialize<List<DateOnly>>(json, CrmJson.Options)!;

    private static string Json<T>(IEnumerable<T> values) => JsonSerializer.Serialize(values, CrmJson.Options);
}

public static class SettingsViews
{
    public static readonly Expression<Func<Tenant, SettingsView>> Projection = tenant => new SettingsView
    {
        Name = tenant.Name,
        TimeZone = tenant.TimeZone,
        Currency = tenant.Currency,
        Visibility = tenant.Visibility,
        WorkingHours = Tenant.HoursOf(tenant.WorkingHours),
        Holidays = Tenant.DaysOf(tenant.Holidays),
        SearchLanguage = tenant.SearchLanguage,
        UpdatedAt = tenant.UpdatedAt,
        Version = tenant.Version,
    };

    public static readonly Func<Tenant, SettingsView> Of = Projection.Compile();
}
