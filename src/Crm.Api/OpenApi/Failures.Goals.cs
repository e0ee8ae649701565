using Crm.Contracts.Failures;

namespace Crm.Api.OpenApi;

/// <summary>How goals refuse.</summary>
internal static partial class Failures
{
    private const string SameGoal = "There is a goal for the same owner or team, period, metric, currency and pipeline, which the problem's member `goalId` names; or it is being changed by others";

    public static readonly Failure GoalExists = new(409, "GoalExists", $"{SameGoal}. Nothing was changed.", [FailureCodes.GoalExists, FailureCodes.Contended], Refusal);

    public static readonly Failure GoalExistsOrRunning = new(
        409, "GoalExistsOrRunning", $"{SameGoal}, or a request with the same `Idempotency-Key` is still running (`Retry-After` then says when to ask again).",
        [FailureCodes.GoalExists, FailureCodes.Contended, FailureCodes.RequestInProgress],
        Refusal)
    {
        Header = "Retry-After",
    };

    private const string Refusal = "There is a goal for the same already, 019aa4b9-0c41-7a2e-8d17-6f3b5e9c2a08. Change that one.";
}
