using Crm.Contracts.Conversion;
using Crm.Contracts.Leads;
using Crm.Database.Conversion;

namespace Crm.Services.Conversion;

internal static class ConversionViews
{
    public static ConversionView Of(LeadConversion attempt, LeadView? lead) => new()
    {
        ConversionId = attempt.Id,
        State = attempt.State,
        LeadId = attempt.LeadId,
        CustomerId = attempt.CustomerId,
        DealId = attempt.DealId,
        Lead = lead,
        Attempts = attempt.Attempts,
        NextAttemptAt = attempt.State == ConversionState.Pending && attempt.Lease is null && attempt.DueAt > DateTimeOffset.UnixEpoch ? attempt.DueAt : null,
        Problem = attempt.Problem,
        AlertedAt = attempt.AlertedAt,
        CreatedAt = attempt.CreatedAt,
        CreatedBy = attempt.CreatedBy,
        EndedAt = attempt.EndedAt,
        EndedBy = attempt.EndedBy,
    };
}
