using System.Reflection;
using Crm.Api.Auth;
using Crm.Api.Edge;
using Crm.Api.Http;
using Crm.Api.OpenApi;
using Crm.Contracts.Conversion;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Conversion;
using Microsoft.AspNetCore.Http.Metadata;

namespace Crm.Api.Conversion;

internal static class ConversionRoutes
{
    public static void MapConversions(this IEndpointRouteBuilder api)
    {
        var leads = api.MapGroup("/leads").WithTags("Conversion");
        leads.MapPost("/{id:guid}/convert", Convert).WithName("ConvertLead").WithSummary("Convert a lead to a customer").WithMetadata(new OwnTransactions(), new OwnFailures(Failures.Unconvertible, Failures.RegistryRejected)).RequireRole(Role.Rep);
        leads.MapPost("/convert", ConvertMany).WithName("ConvertLeads").WithSummary("Convert up to 500 leads to customers").WithMetadata(new OwnTransactions()).RequireRole(Role.Manager);
        var conversions = api.MapGroup("/conversions").WithTags("Conversion");
        conversions.MapGet("/", List).WithName("ListConversions").WithSummary("List conversions").RequireRole(Role.Viewer);
        conversions.MapGet("/{id:guid}", Get).WithName("GetConversion").WithSummary("How far it is with a conversion").RequireRole(Role.Viewer);
        conversions.MapPost("/{id:guid}/retry", Retry).WithName("RetryConversion").WithSummary("Ask the registry again at once").WithMetadata(new OwnTransactions(), new OwnFailures(Failures.Ended, Failures.RegistryRejected)).RequireRole(Role.Manager);
        conversions.MapPost("/{id:guid}/cancel", Cancel).WithName("CancelConversion").WithSummary("End a conversion while no customer exists").WithMetadata(new OwnTransactions(), new OwnFailures(Failures.Ended, Failures.RegistryUnavailable)).RequireRole(Role.Manager);
    }

    /// <summary>
    /// 200 once there is a customer, also for a lead that was converted before; 202 while the registry is slow or away: the conversion then completes by
    /// itself, <c>Location</c> tells where to look. Until it has ended the lead can't be changed. With <c>deal</c> a deal is made, too; not for a lead that is converted, or being converted, already.
    /// </summary>
    private static async Task<Settled> Convert(Guid id, OptionalBody<ConvertLead> body, HttpContext context, ConversionService conversions, CancellationToken ct)
    {
        var conversion = await conversions.BeginAsync(id, body.Value ?? new ConvertLead(), ct);
        return await SettleAsync(conversion, context, conversions, ct);
    }

    /// <summary>Each lead stands for itself: <c>refusal</c> says why one isn't converted. What the registry hasn't answered in some seconds goes on by itself.</summary>
    private static async Task<Found<ConversionList>> ConvertMany(Body<ConvertLeads> body, HttpContext context, ConversionService conversions, CancellationToken ct)
    {
        var begun = await conversions.BeginManyAsync(body.Value, ct);
        Turns.GiveBack(context); // as in SettleAsync
        return new Found<ConversionList>(await conversions.SettleManyAsync(begun, ct));
    }

    /// <summary>Of the leads that the caller sees, each with its <c>lead</c> as it is now: null where it was deleted.</summary>
    private static async Task<Found<Page<ConversionView>>> List(QueryOf<ConversionQuery> query, ConversionService conversions, CancellationToken ct) =>
        Answers.Found(await conversions.ListAsync(query.Value, ct));

    /// <summary>One that is pending goes on by itself; <c>nextAttemptAt</c> says when.</summary>
    private static async Task<Found<ConversionView>> Get(Guid id, ConversionService conversions, CancellationToken ct) =>
        Answers.Found((await conversions.FindAsync(id, ct)).OrNotFound("conversion", id));

    /// <summary>One that is pending is gone on with at once, and then waits two seconds at most, then twice as long each time.</summary>
    private static async Task<Settled> Retry(Guid id, HttpContext context, ConversionService conversions, CancellationToken ct) =>
        await SettleAsync(await conversions.HurryAsync(id, ct), context, conversions, ct);

    /// <summary>The lead can then be changed and converted again. Refused with 409 where there is a customer already, and with 503 where the registry can't tell.</summary>
    private static async Task<Found<ConversionView>> Cancel(Guid id, HttpContext context, ConversionService conversions, CancellationToken ct)
    {
        Turns.GiveBack(context); // as in SettleAsync
        return Answers.Found(await conversions.CancelAsync(id, ct));
    }

    private static async Task<Settled> SettleAsync(ConversionView conversion, HttpContext context, ConversionService conversions, CancellationToken ct)
    {
        Turns.GiveBack(context); // it waits for the registry now, and keeps nobody else waiting
        return new Settled(await conversions.SettleAsync(conversion, ct));
    }
}

/// <summary>200 with a conversion that has ended, 202 and its place with one that is pending.</summary>
internal sealed class Settled(ConversionView conversion) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var isPending = conversion.State == ConversionState.Pending;
        if (isPending) httpContext.Response.Headers.Location = $"/api/conversions/{conversion.ConversionId}";
        return Answers.WriteAsync(httpContext, isPending ? StatusCodes.Status202Accepted : StatusCodes.Status200OK, conversion);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(ConversionView), ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(ConversionView), ["application/json"]));
    }
}
