using Crm.Contracts.Failures;

namespace Crm.Api.OpenApi;

/// <summary>Tells the document in which ways of its own an operation fails, each in the place of what all operations have with its status.</summary>
internal sealed record OwnFailures(params Failure[] All);

/// <summary>How converting and its registry refuse.</summary>
internal static partial class Failures
{
    public static readonly Failure Unconvertible = new(
        409, "Unconvertible", "The lead is unqualified or is being changed by others, or a request with the same `Idempotency-Key` is still running (`Retry-After` then says when to ask again).",
        [FailureCodes.InvalidTransition, FailureCodes.Contended, FailureCodes.RequestInProgress],
        "An UNQUALIFIED lead isn't converted. Give it another status first.")
    {
        Header = "Retry-After",
    };

    public static readonly Failure Ended = new(
        409, "ConversionEnded", "The conversion has ended, or the registry is being asked at this moment, or a request with the same `Idempotency-Key` is still running (`Retry-After` then says when to ask again).",
        [FailureCodes.ConversionEnded, FailureCodes.Contended, FailureCodes.RequestInProgress],
        "The conversion 019aa4b7-4c02-7e1d-b3a6-8d5f2c7e9014 is COMPLETED already. Only a PENDING one is retried or cancelled.")
    {
        Header = "Retry-After",
    };

    public static readonly Failure RegistryRejected = new(
        422, "RegistryRejected", "The registry won't have the customer: `detail` gives its reason, and the problem's member `conversionId` names the conversion; the lead is as it was. Or the `Idempotency-Key` was used with another body.",
        [FailureCodes.RegistryRejected, FailureCodes.KeyReused],
        "The registry won't have this customer: The e-mail address has no domain. The lead is as it was; correct what is wrong, and convert it again.");

    public static readonly Failure RegistryUnavailable = new(
        503, "RegistryUnavailable", "Whether the registry has the customer can't be told right now, so that nothing is cancelled and the conversion goes on; or the database can't be reached, or the request took too long and was stopped.",
        [FailureCodes.RegistryUnavailable, FailureCodes.DatabaseUnavailable, FailureCodes.RequestTimeout, FailureCodes.IssuerUnavailable],
        "Whether there is a customer already isn't known: The registry didn't answer within 10 s. Try again later. The conversion isn't cancelled.")
    {
        Header = "Retry-After",
    };

    public static readonly Failure KeptElsewhere = new(
        404, "NoCustomers", "There is no such customer in this tenant; or no customers are kept here, but in the registry that the setting `Registry__BaseUrl` names.",
        [FailureCodes.NotFound],
        "No customers are kept here: they are in the registry that the setting Registry__BaseUrl names. Ask that registry for them, below /api/customers at its address.");
}
