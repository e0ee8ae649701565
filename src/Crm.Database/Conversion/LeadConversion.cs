using Crm.Contracts.Conversion;
using Crm.Database.Leads;
using Crm.Database.Tenancy;

namespace Crm.Database.Conversion;

/// <summary>
/// The attempt to make a customer of a lead. It is committed before the registry hears of it, and its id is the key under which the
/// registry is asked however often. Whoever works on it holds its lease; what is written without it isn't written.
/// </summary>
public sealed class LeadConversion : ITenantOwned
{
    private LeadConversion()
    {
    }

    public LeadConversion(Lead lead, string request, string? deal, Stamp stamp)
    {
        (TenantId, Id, LeadId) = (stamp.TenantId, Guid.CreateVersion7(stamp.At), lead.Id);
        (Request, Deal) = (request, deal);
        (CreatedAt, CreatedBy) = (stamp.At, stamp.By);
        AskedBy(stamp);
        DueAt = DateTimeOffset.UnixEpoch; // at once, by whichever clock
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public Guid LeadId { get; private set; }
    public ConversionState State { get; private set; } = ConversionState.Pending;

    /// <summary>What the registry is asked, as JSON: the same each time, as one key is for one request.</summary>
    public string Request { get; private set; } = "";

    /// <summary>The deal to make, as JSON; null for none.</summary>
    public string? Deal { get; private set; }

    /// <summary>The trace that it is part of, as in the header; null for none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Whether an attempt of this lead ended before, so that the registry may have its customer though this one hasn't asked yet.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>The idempotency key, and the claim on it, of the request that began it: its answer is kept with the outcome. Null for none.</summary>
    public string? AnswerKey { get; init; }

    /// <inheritdoc cref="AnswerKey"/>
    public Guid? AnswerClaim { get; init; }

    /// <summary>How often the registry was asked.</summary>
    public int Attempts { get; private set; }

    /// <summary>When the next may take it up, by the database's clock: the end of a lease, or of a wait.</summary>
    public DateTimeOffset DueAt { get; private set; }

    /// <summary>Who works on it; null for nobody.</summary>
    public Guid? Lease { get; private set; }

    /// <summary>What the registry said last, where it didn't make a customer.</summary>
    public string? Problem { get; private set; }

    /// <summary>When somebody was told that it doesn't get on.</summary>
    public DateTimeOffset? AlertedAt { get; private set; }

    public string? CustomerId { get; private set; }
    public Guid? DealId { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public string CreatedBy { get; private set; } = "";

    /// <summary>The user who asked for it last: who began it, hurried it or cancels it. What comes of it is done in that user's name.</summary>
    public string Actor { get; private set; } = "";

    public string? Credential { get; private set; }
    public string? Address { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }
    public string? EndedBy { get; private set; }

    /// <summary>Whether the registry may have heard of the lead before whoever holds the lease asks it.</summary>
    public bool MayBeKnown => IsRepeated || Attempts > 1;

    public void Complete(string customerId, Guid? dealId, Stamp stamp)
    {
        (CustomerId, DealId, Problem) = (customerId, dealId, null);
        End(ConversionState.Completed, stamp);
    }

    public void Reject(string problem, Stamp stamp)
    {
        Problem = problem;
        End(ConversionState.Rejected, stamp);
    }

    public void Cancel(Stamp stamp) => End(ConversionState.Cancelled, stamp);

    /// <summary>Notes in whose name what comes of it is done.</summary>
    public void AskedBy(Stamp stamp) => (Actor, Credential, Address) = (stamp.By, stamp.Credential, stamp.Address);

    /// <summary>Makes it due at once, unless somebody works on it, and lets it wait anew from the shortest wait on.</summary>
    public void Hurry(Stamp stamp)
    {
        AskedBy(stamp);
        if (Lease is null) (DueAt, Attempts, AlertedAt) = (DateTimeOffset.UnixEpoch, Math.Min(Attempts, 1), null);
    }

    /// <summary>Lets go of it until it is due.</summary>
    /// <param name="problem">Why it isn't done.</param>
    /// <param name="dueAt">When to go on.</param>
    /// <param name="alertedAt">When somebody was told; null for not yet.</param>
    public void Postpone(string problem, DateTimeOffset dueAt, DateTimeOffset? alertedAt) =>
        (Problem, DueAt, AlertedAt, Lease) = (problem, dueAt, AlertedAt ?? alertedAt, null);

    private void End(ConversionState state, Stamp stamp) => (State, Lease, EndedAt, EndedBy) = (state, null, stamp.At, stamp.By);
}
