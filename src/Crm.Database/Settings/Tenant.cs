using System.Linq.Expressions;
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
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public int Version { get; private set; }

    public SettingsFields Fields() => new() { Name = Name, TimeZone = TimeZone, Currency = Currency, Visibility = Visibility };

    public void Change(SettingsFields fields, DateTimeOffset at)
    {
        if (fields == Fields()) return;
        (Name, TimeZone, Currency) = (fields.Name, fields.TimeZone, fields.Currency);
        Visibility = fields.Visibility!.Value;
        (UpdatedAt, Version) = (at, Version + 1);
    }
}

public static class SettingsViews
{
    public static readonly Expression<Func<Tenant, SettingsView>> Projection = tenant => new SettingsView
    {
        Name = tenant.Name,
        TimeZone = tenant.TimeZone,
        Currency = tenant.Currency,
        Visibility = tenant.Visibility,
        UpdatedAt = tenant.UpdatedAt,
        Version = tenant.Version,
    };

    public static readonly Func<Tenant, SettingsView> Of = Projection.Compile();
}
