using Crm.Contracts.Failures;

namespace Crm.Api.OpenApi;

/// <summary>How workflows refuse.</summary>
internal static partial class Failures
{
    public static readonly Failure UnknownInWorkflow = new(
        422, "UnknownInWorkflow", "An action names a member, a stage or a webhook that doesn't exist in this tenant, or a member who is deactivated. Nothing was changed.",
        [FailureCodes.UnknownReference],
        "There is no member ines.okafor that /actions/0/userId could refer to.")
    {
        Error = ("/actions/0/userId", "refers to a member that doesn't exist"),
    };

    public static readonly Failure NotFailedOrRunning = new(
        409, "NotFailedOrRunning", "The run didn't fail, or is being changed by others, or a request with the same `Idempotency-Key` is still running (`Retry-After` then says when to ask again).",
        [FailureCodes.InvalidTransition, FailureCodes.Contended, FailureCodes.RequestInProgress],
        "Only a run that failed can be retried; the others go on by themselves, or have ended.")
    {
        Header = "Retry-After",
    };
}
