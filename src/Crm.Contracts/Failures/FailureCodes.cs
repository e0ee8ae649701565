namespace Crm.Contracts.Failures;

/// <summary>The codes of failures: stable, so that programs may branch on them.</summary>
public static class FailureCodes
{
    public const string Validation = "validation-failed";
    public const string MalformedJson = "malformed-json";
    public const string Unauthenticated = "unauthenticated";
    public const string TenantRequired = "tenant-required";
    public const string TenantForbidden = "tenant-forbidden";
    public const string RoleForbidden = "role-forbidden";
    public const string KeyForbidden = "key-forbidden";
    public const string MemberInactive = "member-inactive";
    public const string Antiforgery = "antiforgery";
    public const string HttpsRequired = "https-required";
    public const string SessionRequired = "session-required";
    public const string SignInFailed = "sign-in-failed";
    public const string InvalidGrant = "invalid-grant";
    public const string SetUpCode = "set-up-code";
    public const string SetUpDone = "set-up-done";
    public const string InvitationInvalid = "invitation-invalid";
    public const string AlreadyMember = "already-member";
    public const string NotFound = "not-found";
    public const string MethodNotAllowed = "method-not-allowed";
    public const string InvalidTransition = "invalid-transition";
    public const string LastAdmin = "last-admin";
    public const string NameTaken = "name-taken";
    public const string GoalExists = "goal-exists";
    public const string TooFewOutcomes = "too-few-outcomes";
    public const string InUse = "in-use";
    public const string LimitReached = "limit-reached";
    public const string OpenDeals = "open-deals";
    public const string ConversionPending = "conversion-pending";
    public const string ConversionEnded = "conversion-ended";
    public const string RegistryRejected = "registry-rejected";
    public const string RegistryUnavailable = "registry-unavailable";
    public const string ParentDeleted = "parent-deleted";
    public const string Contended = "contended";
    public const string RequestInProgress = "request-in-progress";
    public const string Stale = "stale";
    public const string TooLarge = "too-large";
    public const string UnsupportedMediaType = "unsupported-media-type";
    public const string UnknownReference = "unknown-reference";
    public const string KeyReused = "idempotency-key-reused";
    public const string RateLimited = "rate-limited";
    public const string TooSlow = "too-slow";
    public const string RequestTimeout = "request-timeout";
    public const string DatabaseUnavailable = "database-unavailable";
    public const string IssuerUnavailable = "issuer-unavailable";
    public const string Internal = "internal-error";
}
