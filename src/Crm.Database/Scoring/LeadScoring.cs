using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Scoring;
using Crm.Database.Tenancy;

namespace Crm.Database.Scoring;

/// <summary>How a tenant's leads are scored, and what is still to be done for it. A tenant that never set it has none.</summary>
public sealed class LeadScoring : ITenantOwned
{
    private LeadScoring()
    {
    }

    public LeadScoring(Stamp stamp) => (TenantId, UpdatedAt) = (stamp.TenantId, stamp.At);

    public Guid TenantId { get; private set; }
    public bool IsActive { get; private set; }
    public ScoringMethod Method { get; private set; }

    /// <summary>In their order, as JSON.</summary>
    public string Rules { get; private set; } = "[]";

    public DateTimeOffset UpdatedAt { get; private set; }
    public int Version { get; private set; }

    /// <summary>Raised with all that may move scores but the leads themselves: a lead that was scored by another is to be scored anew.</summary>
    public int Basis { get; private set; }

    /// <summary>Whether there may be leads that were scored by another basis, or never.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Who goes through the leads; null for nobody.</summary>
    public Guid? Lease { get; private set; }

    /// <summary>Until when that may be, by the database's clock.</summary>
    public DateTimeOffset LeasedUntil { get; private set; } = DateTimeOffset.UnixEpoch;

    /// <summary>When to learn anew from what became of leads; null for never.</summary>
    public DateTimeOffset? TrainAt { get; private set; }

    /// <summary>What a caller could have written to make it what it is.</summary>
    public ScoringFields Fields() => new() { IsActive = IsActive, By = Method, Rules = ReadRules() };

    public IReadOnlyList<ScoringRuleFields> ReadRules() => JsonSerializer.Deserialize<List<ScoringRuleFields>>(Rules, CrmJson.Options)!;

    /// <returns>Whether anything differs.</returns>
    public bool Change(ScoringFields fields, DateTimeOffset at)
    {
        var was = (IsActive, Method, Rules);
        (IsActive, Method, Rules) = (fields.IsActive, fields.By, JsonSerializer.Serialize(fields.Rules, CrmJson.Options));
        if (was == (IsActive, Method, Rules)) return false;
        (UpdatedAt, Version) = (at, Version + 1);
        TrainAt = IsActive && Method == ScoringMethod.Predictive ? TrainAt ?? at : null;
        BeginAnew();
        return true;
    }

    /// <summary>There is another model to score by.</summary>
    public void Learnt()
    {
        if (Method == ScoringMethod.Predictive) BeginAnew();
    }

    /// <summary>Was learnt for now.</summary>
    public void Postpone(DateTimeOffset trainAt) => TrainAt = TrainAt is null ? null : trainAt;

    /// <summary>Lets all leads be scored anew.</summary>
    private void BeginAnew() => (Basis, IsBehind) = (Basis + 1, true);
}
