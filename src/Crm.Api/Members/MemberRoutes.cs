using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Members;
using Microsoft.AspNetCore.Http.Features;

namespace Crm.Api.Members;

internal static class MemberRoutes
{
    public static void MapMembers(this IEndpointRouteBuilder api)
    {
        api.MapGet("/me", Me).WithTags("Members").WithName("GetMe").WithSummary("Who the caller is").RequireRole(Role.Viewer);
        var members = api.MapGroup("/members").WithTags("Members");
        members.MapGet("/", List).WithName("ListMembers").WithSummary("List members").RequireRole(Role.Viewer);
        members.MapGet("/{userId}", Get).WithName("GetMember").WithSummary("Get a member").RequireRole(Role.Viewer);
        members.MapPut("/{userId}", Replace).WithName("ReplaceMember").WithSummary("Set the role of a member, and whether the member may act").RequireRole(Role.Admin);
        members.MapPatch("/{userId}", Change).WithName("ChangeMember").WithSummary("Change the role of a member, or whether the member may act").RequireRole(Role.Admin);
    }

    /// <summary>Who the token says that the caller is, and the role that counts for this request.</summary>
    private static Found<MeView> Me(MemberService members) => Answers.Found(members.Me());

    /// <summary>Users become members when they are seen for the first time.</summary>
    private static async Task<Found<Page<MemberView>>> List(QueryOf<MemberQuery> query, MemberService members, CancellationToken ct) =>
        Answers.Found(await members.ListAsync(query.Value, ct));

    private static async Task<Found<MemberView>> Get(string userId, HttpContext context, MemberService members, CancellationToken ct) =>
        Answers.Found((await members.FindAsync(Decoded(userId, context), ct)).OrNotFound("member", Decoded(userId, context)));

    /// <summary>The role counts for tokens that name none. A deactivated member is refused with 403 at once, whatever the token; what such a member owns stays. Nobody deactivates themselves, and of the members who have the role <c>ADMIN</c> here one stays active.</summary>
    private static async Task<Found<MemberView>> Replace(string userId, HttpContext context, Replacement<MemberFields> body, IfMatch ifMatch, MemberService members, CancellationToken ct) =>
        Answers.Found(await members.ChangeAsync(Decoded(userId, context), body.Changes, ifMatch.Version, ct));

    /// <summary>The role counts for tokens that name none. A deactivated member is refused with 403 at once, whatever the token; what such a member owns stays. Nobody deactivates themselves, and of the members who have the role <c>ADMIN</c> here one stays active.</summary>
    private static async Task<Found<MemberView>> Change(string userId, HttpContext context, MergePatch<MemberFields> body, IfMatch ifMatch, MemberService members, CancellationToken ct) =>
        Answers.Found(await members.ChangeAsync(Decoded(userId, context), body.Changes, ifMatch.Version, ct));

    /// <summary>An id may be any text, also an address. The server leaves an encoded slash in a path as it is, so that it is read from what was sent.</summary>
    internal static string Decoded(string userId, HttpContext context)
    {
        if (!userId.Contains('%', StringComparison.Ordinal)) return userId;
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }
}
