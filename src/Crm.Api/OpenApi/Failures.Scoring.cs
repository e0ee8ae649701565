using Crm.Contracts.Failures;

namespace Crm.Api.OpenApi;

/// <summary>How scoring refuses.</summary>
internal static partial class Failures
{
    public static readonly Failure NoModel = new(
        404, "NoModel", "Nothing was learnt yet that leads are scored by.",
        [FailureCodes.NotFound],
        "There is no scoring model that is active here.");

    public static readonly Failure TooFewOutcomesOrRunning = new(
        409, "TooFewOutcomesOrRunning", "Too few leads have been decided to learn from, `positives` and `negatives` of them; or a request with the same `Idempotency-Key` is still running (`Retry-After` then says when to ask again).",
        [FailureCodes.TooFewOutcomes, FailureCodes.Contended, FailureCodes.RequestInProgress],
        "There is too little to learn from: 31 leads became customers and 112 didn't. It takes 50 of either among the earlier three quarters of them; the later quarter is what it is tried on.")
    {
        Header = "Retry-After",
    };
}
