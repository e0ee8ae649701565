using System.Reflection;
using Crm.Contracts.Failures;
using Crm.Contracts.Validation;

namespace Crm.Api.OpenApi;

/// <summary>A way in which an operation fails.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Name">What the document calls it.</param>
/// <param name="Description">When it happens.</param>
/// <param name="Codes">The codes that it may have; the first is the example's.</param>
/// <param name="Detail">What the example says.</param>
internal sealed record Failure(int Status, string Name, string Description, string[] Codes, string Detail)
{
    /// <summary>The header that comes with it.</summary>
    public string? Header { get; init; }

    /// <summary>The place and the fault that the example names.</summary>
    public (string Pointer, string Fault)? Error { get; init; }
}

/// <summary>Which failures can come of what an operation takes.</summary>
internal static partial class Failures
{
    private static readonly Failure Invalid = new(
        400, "Invalid", "The request can't be understood: the tenant's header, a parameter or the body is at fault. Nothing was changed.",
        [FailureCodes.Validation, FailureCodes.MalformedJson, FailureCodes.TenantRequired],
        "/estimatedValue must be at least 0. Nothing was changed.")
    {
        Error = ("/estimatedValue", "must be at least 0"),
    };

    private static readonly Failure Unauthenticated = new(
        401, "Unauthenticated", "There is neither a token nor a session, or one that isn't valid here.",
        [FailureCodes.Unauthenticated],
        "This takes a token: send it as Authorization: Bearer <token>.")
    {
        Header = "WWW-Authenticate",
    };

    private static readonly Failure Forbidden = new(
        403, "Forbidden", "The token may not act for this tenant, its role or its API key may not do this, or its user is deactivated; or a request by cookie doesn't show the antiforgery token.",
        [FailureCodes.RoleForbidden, FailureCodes.TenantForbidden, FailureCodes.KeyForbidden, FailureCodes.MemberInactive, FailureCodes.Antiforgery],
        "This takes the role MANAGER; yours is REP.");

    private static readonly Failure NotFound = new(
        404, "NotFound", "There is no such record in this tenant.",
        [FailureCodes.NotFound],
        $"There is no lead {Examples.LeadId} here.");

    private static readonly Failure Conflict = new(
        409, "Conflict", "The state of things doesn't allow it. Nothing was changed.",
        [FailureCodes.InvalidTransition, FailureCodes.ConversionPending, FailureCodes.OpenDeals, FailureCodes.LastAdmin, FailureCodes.NameTaken, FailureCodes.InUse, FailureCodes.Contended],
        "The deal is closed in CLOSED_WON. It can only be reopened, by moving it to an open stage.");

    private static readonly Failure ConflictOrRunning = new(
        409, "ConflictOrRunning", "The state of things doesn't allow it, or a request with the same `Idempotency-Key` is still running (`Retry-After` then says when to ask again).",
        [FailureCodes.RequestInProgress, FailureCodes.InvalidTransition, FailureCodes.ParentDeleted, FailureCodes.NameTaken, FailureCodes.LimitReached, FailureCodes.Contended],
        "A request with this Idempotency-Key is still running. Ask again in a moment for its answer.")
    {
        Header = "Retry-After",
    };

    private static readonly Failure Stale = new(
        412, "Stale", "Somebody else changed it since it was read. Nothing was changed.",
        [FailureCodes.Stale],
        $"The lead {Examples.LeadId} was changed since you read it. Read it again, look at the difference and send the change with its new ETag.");

    private static readonly Failure TooLarge = new(
        413, "TooLarge", "The body is larger than 1 MiB.",
        [FailureCodes.TooLarge],
        "The body is larger than 1 MiB.");

    private static readonly Failure UnsupportedMediaType = new(
        415, "UnsupportedMediaType", "The body isn't said to be JSON in UTF-8.",
        [FailureCodes.UnsupportedMediaType],
        "The body must be JSON in UTF-8, sent as Content-Type: application/json.");

    private static readonly Failure Unprocessable = new(
        422, "Unprocessable", "The body refers to what doesn't exist in this tenant, or the `Idempotency-Key` was used with another body. Nothing was changed.",
        [FailureCodes.UnknownReference, FailureCodes.KeyReused],
        $"There is no lead {Examples.LeadId} that /leadId could refer to.")
    {
        Error = ("/leadId", "refers to a lead that doesn't exist"),
    };

    private static readonly Failure RateLimited = new(
        429, "RateLimited", "The tenant or the user asked too often, or too many requests of the tenant are waiting; or too many requests without a valid token came from the address. Nothing was changed.",
        [FailureCodes.RateLimited],
        "You have used up the limit \"user\": 200 at once, and as many again in 10 s. Nothing was changed; try again in 1 s.")
    {
        Header = "Retry-After",
    };

    private static readonly Failure Internal = new(
        500, "Internal", "Something went wrong in the service. It was logged under the `traceId`.",
        [FailureCodes.Internal],
        "Something went wrong on our side. It was logged under this traceId; trying again is safe with an Idempotency-Key.");

    private static readonly Failure Unavailable = new(
        503, "Unavailable", "The database can't be reached right now, or the request took too long and was stopped.",
        [FailureCodes.DatabaseUnavailable, FailureCodes.RequestTimeout, FailureCodes.IssuerUnavailable],
        CrmException.DatabaseUnavailable)
    {
        Header = "Retry-After",
    };

    public static IEnumerable<Failure> Of(Operation operation)
    {
        yield return Invalid;
        yield return Unauthenticated;
        yield return Forbidden;
        if (operation.HasPathParameter) yield return NotFound;
        if (operation.IsPost) yield return ConflictOrRunning;
        else if (!operation.IsGet) yield return Conflict;
        if (operation.TakesIfMatch) yield return Stale;
        if (operation.Body is not null)
        {
            yield return TooLarge;
            yield return UnsupportedMediaType;
        }

        if (operation.IsPost || (operation.Body is { } body && RefersToRecords(body.Type))) yield return Unprocessable;
        yield return RateLimited;
        yield return Internal;
        yield return Unavailable;
        foreach (var own in operation.OwnFailures) yield return own;
    }

    /// <summary>A member that ends in Id names a record of the tenant, or a member of it; a stage's key names a stage.</summary>
    private static bool RefersToRecords(Type contract) =>
        contract.GetProperties().Any(property => property.Name.EndsWith("Id", StringComparison.Ordinal) || property.Name.EndsWith("Ids", StringComparison.Ordinal) || property.IsDefined(typeof(StageKeyAttribute)));
}
