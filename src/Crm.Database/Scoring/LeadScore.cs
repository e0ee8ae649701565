using Crm.Contracts.Scoring;
using Crm.Database.Leads;
using Crm.Database.Tenancy;

namespace Crm.Database.Scoring;

/// <summary>What a lead's score is made of, and when it may move by the passing of time. It is written with the score, so that the two always fit.</summary>
public sealed class LeadScore : ITenantOwned
{
    private LeadScore()
    {
    }

    public LeadScore(Lead lead) => (TenantId, LeadId) = (lead.TenantId, lead.Id);

    public Guid TenantId { get; private set; }
    public Guid LeadId { get; private set; }
    public ScoringMethod Method { get; private set; }
    public DateTimeOffset ScoredAt { get; private set; }

    /// <summary>By which basis of the tenant's scoring.</summary>
    public int Basis { get; private set; }

    /// <summary>When it is to be scored again though nobody did anything; null for never.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>The part that the method gave, as JSON.</summary>
    public string Explanation { get; private set; } = "";

    /// <summary>Keeps what a score is made of.</summary>
    public void Explain(ScoringMethod method, string explanation, DateTimeOffset at) => (Method, Explanation, ScoredAt) = (method, explanation, at);

    /// <summary>Notes by what it was scored last, and when it is due.</summary>
    public void Settle(int basis, DateTimeOffset? dueAt) => (Basis, DueAt) = (basis, dueAt);
}
