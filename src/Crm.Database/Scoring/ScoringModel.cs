using Crm.Database.Tenancy;

namespace Crm.Database.Scoring;

/// <summary>What was learnt from what became of a tenant's leads; kept for good. One at most is active.</summary>
public sealed class ScoringModel : ITenantOwned
{
    private ScoringModel()
    {
    }

    public ScoringModel(int version, bool isActive, int positives, int negatives, string weights, string report, Stamp stamp)
    {
        (TenantId, Id, Version, IsActive) = (stamp.TenantId, Guid.CreateVersion7(stamp.At), version, isActive);
        (TrainedAt, TrainedBy) = (stamp.At, stamp.By);
        (Positives, Negatives, Weights, Report) = (positives, negatives, weights, report);
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public int Version { get; private set; }
    public DateTimeOffset TrainedAt { get; private set; }
    public string TrainedBy { get; private set; } = "";
    public bool IsActive { get; private set; }
    public int Positives { get; private set; }
    public int Negatives { get; private set; }

    /// <summary>As JSON.</summary>
    public string Weights { get; private set; } = "";

    /// <summary>As JSON.</summary>
    public string Report { get; private set; } = "";

    /// <summary>Another takes its place.</summary>
    public void Retire() => IsActive = false;
}
