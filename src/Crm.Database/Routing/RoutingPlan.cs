using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Routing;
using Crm.Database.Tenancy;

namespace Crm.Database.Routing;

/// <summary>How the tenant's leads find an owner. Whoever routes a lead holds its row, so that one lead is routed after the other.</summary>
public sealed class RoutingPlan : ITenantOwned
{
    private RoutingPlan()
    {
    }

    public RoutingPlan(Guid tenantId) => TenantId = tenantId;

    public Guid TenantId { get; private set; }
    public bool IsActive { get; private set; }

    /// <summary>In their order, as JSON.</summary>
    public string Rules { get; private set; } = "[]";

    public string? FallbackId { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public int Version { get; private set; }

    public IReadOnlyList<RoutingRuleFields> ReadRules() => JsonSerializer.Deserialize<List<RoutingRuleFields>>(Rules, CrmJson.Options)!;

    /// <summary>What a caller could have written to make it what it is.</summary>
    public RoutingFields Fields() => new() { IsActive = IsActive, Rules = ReadRules(), FallbackId = FallbackId };

    /// <returns>Whether anything is different now.</returns>
    public bool Change(RoutingFields fields, DateTimeOffset at)
    {
        var was = (IsActive, Rules, FallbackId);
        (IsActive, Rules, FallbackId) = (fields.IsActive!.Value, JsonSerializer.Serialize(fields.Rules, CrmJson.Options), fields.FallbackId);
        if (was == (IsActive, Rules, FallbackId)) return false;
        (UpdatedAt, Version) = (at, Version + 1);
        return true;
    }
}

/// <summary>How far the candidates of a rule have come in turn.</summary>
public sealed class RoutingTurns : ITenantOwned
{
    private RoutingTurns()
    {
    }

    public RoutingTurns(Guid tenantId, string rule) => (TenantId, Rule) = (tenantId, rule);

    public Guid TenantId { get; private set; }

    /// <summary>The rule's name.</summary>
    public string Rule { get; private set; } = "";

    /// <summary>By the candidate's id, as JSON.</summary>
    public string Turns { get; private set; } = "{}";

    public Dictionary<string, int> Read() => JsonSerializer.Deserialize<Dictionary<string, int>>(Turns, CrmJson.Options)!;

    public void Write(IReadOnlyDictionary<string, int> turns) => Turns = JsonSerializer.Serialize(turns, CrmJson.Options);
}

/// <summary>How many leads a member was given on the last day on which there were any.</summary>
public sealed class RoutingQuota : ITenantOwned
{
    private RoutingQuota()
    {
    }

    public RoutingQuota(Guid tenantId, string userId) => (TenantId, UserId) = (tenantId, userId);

    public Guid TenantId { get; private set; }
    public string UserId { get; private set; } = "";
    public DateOnly Day { get; private set; }
    public int Leads { get; private set; }

    public int On(DateOnly day) => day <= Day ? Leads : 0; // another machine's clock may be behind

    public void Count(DateOnly day) => (Leads, Day) = (On(day) + 1, day > Day ? day : Day);
}
