using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Failures;

namespace Crm.Api.OpenApi;

/// <summary>How the endpoints at the door refuse.</summary>
internal static partial class Failures
{
    private static readonly Failure Ungranted = new(
        400, "Ungranted", "The request can't be understood, or what it shows is no grant: wrong, used, expired or revoked. The member `error` says so in the words of OAuth 2.0.",
        [FailureCodes.InvalidGrant, FailureCodes.Validation, FailureCodes.MalformedJson],
        "The password or the refresh token isn't right here, was used, has expired or was revoked, or too many tries have failed. Sign in again.");

    private static readonly Failure NotSignedIn = new(
        401, "NotSignedIn", "The address or the password isn't right, or the account is locked: which of these isn't told.",
        [FailureCodes.SignInFailed],
        "The e-mail address or the password isn't right, or too many tries have failed. Check both; after five failures an account takes no password for 15 minutes.");

    private static readonly Failure Refused = new(
        403, "Refused", "Another site's page asks, a cookie comes without the antiforgery token, the token is of no session here, a browser signs in without TLS, or the set-up's code is wrong.",
        [FailureCodes.Antiforgery, FailureCodes.SessionRequired, FailureCodes.HttpsRequired, FailureCodes.SetUpCode],
        "The request comes from another site's page; sign in on a page of this service. Nothing was changed.");

    private static readonly Failure SetUpAlready = new(
        404, "SetUpAlready", "There is an account already.",
        [FailureCodes.NotFound],
        "The service is set up already.");

    private static readonly Failure Taken = new(
        409, "Taken", "There is an account already, or the account is a member already. Nothing was changed.",
        [FailureCodes.SetUpDone, FailureCodes.AlreadyMember, FailureCodes.Contended],
        "The service is set up already. Sign in; who has no account asks an admin for an invitation.");

    private static readonly Failure NoInvitation = new(
        422, "NoInvitation", "The token is of no invitation that is open.",
        [FailureCodes.InvitationInvalid],
        "This invitation can't be accepted: it was used, revoked or is older than a week, or the link isn't whole. Ask for a new one.");

    private static readonly Failure TooManyTries = new(
        429, "TooManyTries", "Too many tries from this address have failed.",
        [FailureCodes.RateLimited],
        "Too many tries from this address have failed. Wait half a minute, then try again.")
    {
        Header = "Retry-After",
    };

    public static IEnumerable<Failure> Of(Door door, BodyMetadata? body)
    {
        if (body is not null)
        {
            yield return Invalid;
            yield return TooLarge;
            yield return UnsupportedMediaType;
        }

        foreach (var status in door.Failures)
        {
            yield return status switch
            {
                400 => Ungranted,
                401 => door.TakesSession ? Unauthenticated : NotSignedIn,
                403 => Refused,
                404 => SetUpAlready,
                409 => Taken,
                422 => NoInvitation,
                429 => TooManyTries,
                _ => throw new InvalidOperationException($"{status} isn't said how."),
            };
        }

        if (!door.Failures.Contains(429)) yield return TooManyTries;
        yield return Internal;
        yield return Unavailable;
    }
}
