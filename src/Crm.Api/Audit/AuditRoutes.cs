using Crm.Api.Auth;
using Crm.Api.Edge;
using Crm.Api.Http;
using Crm.Contracts.Audit;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Audit;

namespace Crm.Api.Audit;

internal static class AuditRoutes
{
    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("/", List).WithName("ListAudit").WithSummary("List who did what").RequireRole(Role.Admin)
            .Produces<Page<AuditEntryView>>().WithMetadata(new AlsoCsv(), new Unhurried());
        audit.MapGet("/head", Head).WithName("GetAuditHead").WithSummary("Get the end of the chain of seals").RequireRole(Role.Admin);
    }

    /// <summary>Every change of a record, of permissions and of settings, and every sign-in, newest first: who, by which credential, from where, and what was before and after.</summary>
    private static async Task<IResult> List(QueryOf<AuditQuery> query, HttpContext context, AuditService audit, CancellationToken ct)
    {
        if (query.Value.Format == ListFormat.Json) return Answers.Found(await audit.ListAsync(query.Value, ct));
        Csv.RefusePages(context);
        return await Csv.BeginAsync("audit", AuditRow.Header, audit.AllAsync(query.Value, ct).Select(AuditRow.Of), ct);
    }

    /// <summary>Kept outside the service, it shows later whether an entry was changed or taken out since.</summary>
    private static async Task<Found<AuditHeadView>> Head(AuditService audit, CancellationToken ct) => Answers.Found(await audit.HeadAsync(ct));
}
